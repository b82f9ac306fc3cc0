/** The default routing table: what runs in the machine where it exists there. A Project's `spec.commands` comes on top. */
export interface RoutingTable {
  /** Run the code: inside, where the machine has them. */
  table: readonly string[];
  /**
   * Inside or not at all, never the host's own: what tells of processes and ports, or ends them, and clients of services that everybody has at
   * the same local address. On the host they would do their work on strangers.
   */
  local: readonly string[];
  /** Stay on the host, even where the repo offers a program of that name. */
  stay: readonly string[];
  /** Packages that are coding agents: fetched and started by `npx` and the like, they come up on the host all the same. */
  agents: readonly string[];
}

export const ROUTING_TABLE: RoutingTable = {
  table: words(
    'node npm npx pnpm pnpx yarn bun bunx deno corepack turbo nx tsx vite next',
    'python python3 pip pip3 uv uvx poetry pytest playwright',
    'curl wget make',
  ),
  local: words(
    'ps pgrep pkill pidof pstree kill killall top lsof fuser ss netstat',
    'psql pg_dump pg_dumpall pg_restore pg_isready pgbench createdb dropdb createuser dropuser pgcli vacuumdb reindexdb clusterdb',
    'mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlsh mariadb mariadb-dump mariadb-admin',
    'redis-cli redis-benchmark valkey-cli valkey-benchmark',
    'mongo mongosh mongodump mongorestore mongoexport mongoimport',
    'clickhouse-client cqlsh rabbitmqadmin rabbitmqctl memcstat nats etcdctl',
  ),
  stay: words(
    // version control and what goes with it
    'git git-lfs gitk tig lazygit gh glab hub hg svn jj ssh scp sftp rsync ssh-add gpg gpg2',
    // editors and pagers
    'vi vim nvim view ed emacs emacsclient nano micro helix hx kak code code-insiders cursor windsurf zed subl',
    'idea webstorm pycharm less more man bat',
    // shells and what starts them
    'sh bash dash zsh fish ksh mksh nu pwsh env sudo su doas tmux screen zellij direnv',
    // file tools
    'ls cat cp mv rm ln mkdir rmdir touch chmod chown stat file find fd tree eza tar gzip gunzip zip unzip xz zstd',
    'grep egrep fgrep rg ag ack sed awk cut sort uniq head tail tee tr wc diff patch xargs jq yq fzf',
    'sleep timeout true false test which',
    // coding agents
    'claude codex aider gemini opencode amp goose crush cursor-agent copilot qwen cline auggie droid kiro plandex cn openhands',
    // what makes the machines
    'dual dualctl docker docker-compose podman nerdctl kubectl perl',
  ),
  agents: words(
    '@anthropic-ai/claude-code @openai/codex @google/gemini-cli opencode-ai @mariozechner/pi-coding-agent @qwen-code/qwen-code',
    '@github/copilot @sourcegraph/amp @augmentcode/auggie cline aider aider-chat openhands',
  ),
};

function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
