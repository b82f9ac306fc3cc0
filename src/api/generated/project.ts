// Generated from crds/dual.dev_projects.yaml by `npm run generate`. Do not edit.

export interface ProjectSpec {
  /**
   * Where the repo comes from. Exactly one of url and path.
   */
  source: {
    /**
     * What `git clone` takes - https, ssh, git or file URL, or host:path. Credentials in it are refused, since it is stored and shown; use a credential helper or an ssh key.
     */
    url?: string;
    /**
     * A repo on this machine. `~` is the home directory; relative means relative to the manifest's file.
     */
    path?: string;
    /**
     * How many commits of history to clone. 0 is all of it.
     */
    depth: number;
    /**
     * Clone submodules too.
     */
    submodules: boolean;
  };
  /**
   * What the machine of a Workspace is made from. What is left out here follows from the repo.
   */
  image: {
    /**
     * The image to start from. Debian or a descendant of it.
     */
    base: string;
    /**
     * Debian packages to install.
     */
    packages: string[];
    /**
     * Extra build steps, each one shell command, run as root after everything else.
     */
    setup: string[];
  };
  container: {
    /**
     * What runs the machine - docker, or sandbox (Linux namespaces on the host's own file system, no engine and no image). auto takes docker where its engine answers, else sandbox; a Workspace keeps what it got.
     */
    driver: 'auto' | 'docker' | 'sandbox';
    /**
     * Upper limits of one Workspace. What is left out is not limited, apart from pids.
     */
    resources: {
      /**
       * Processors, as in "2", "0.5" or "500m".
       */
      cpus?: string;
      /**
       * Bytes, as in "4Gi" or "512Mi".
       */
      memory?: string;
      /**
       * Processes and threads.
       */
      pids: number;
    };
    /**
     * What /tmp is inside - shared (the host's, less the sockets in it, with a directory of each Workspace's own as TMPDIR) or private (the machine's own).
     */
    tmp: 'shared' | 'private';
    /**
     * Further directories or files of the host, at the same path inside.
     */
    mounts: {
      /**
       * A path on the host. `~` is the home directory; relative means relative to the manifest's file.
       */
      path: string;
      readOnly: boolean;
    }[];
  };
  /**
   * Names and protocols of ports. Ports that are not listed are found and served all the same.
   */
  ports: {
    name: string;
    port: number;
    /**
     * http is served by host name. tcp has no URL; like every port it is reached at the Workspace's own loopback address. auto is http, except for the well-known ports of databases and the like.
     */
    protocol: 'auto' | 'http' | 'tcp';
  }[];
  /**
   * Environment of everything that runs inside. Not for secrets, since it is stored and shown.
   */
  env: {
    name: string;
    value?: string;
  }[];
  /**
   * Where commands run that are typed in a Workspace's directory on the host, on top of the default routing table. No name may be in both.
   */
  commands: {
    /**
     * Names of commands that run inside.
     */
    container: string[];
    /**
     * Names of commands that stay on the host.
     */
    host: string[];
  };
  session: {
    /**
     * What holds the terminal session - tmux, or basic (background processes with logs, nothing to install). auto takes tmux where it is installed.
     */
    backend: 'auto' | 'tmux' | 'basic';
    /**
     * What runs in the terminal session, a pane each. One shell on the host when left out.
     */
    panes: {
      name: string;
      /**
       * A shell command. An interactive shell when left out.
       */
      command?: string;
      /**
       * Where the command runs.
       */
      on: 'host' | 'container';
      /**
       * What follows when the command ends. OnFailure is any exit code but 0. A pane without a command, a shell, is always started again.
       */
      restart: 'Never' | 'OnFailure' | 'Always';
    }[];
  };
}

export interface ProjectStatus {
  observedGeneration?: number;
  /**
   * The URL or the absolute path in use.
   */
  source?: string;
  /**
   * How many Workspaces name this Project.
   */
  workspaces?: number;
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
}
