import type { ServiceSpec } from './service.ts';

export function unitName(spec: Pick<ServiceSpec, 'instance'>): string {
  return spec.instance ? `dual-${spec.instance}.service` : 'dual.service';
}

/**
 * The unit file. The daemon is started anew when it dies; KillMode=process leaves sessions and the proxy alone when it
 * is stopped, since workspaces outlive it.
 */
export function unitFile(spec: ServiceSpec): string {
  const environment = Object.entries(spec.env).map(([name, value]) => `Environment=${quoteValue(`${name}=${value}`)}`);
  return [
    '[Unit]',
    `Description=Dual${spec.instance ? ` (instance ${spec.instance})` : ''}`,
    '',
    '[Service]',
    'Type=exec',
    ...environment,
    `ExecStart=${commandLine(spec.command)}`,
    `StandardOutput=append:${plainPath(spec.log)}`,
    'StandardError=inherit',
    'Restart=on-failure',
    'RestartSec=2',
    'KillMode=process',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

/** Rules of systemd.service(5) "Command lines": variables are replaced in arguments, not in the program's own path. */
function commandLine([program = '', ...args]: string[]): string {
  return [quoteValue(program), ...args.map((arg) => quoteValue(arg.replaceAll('$', '$$$$')))].join(' ');
}

/** Taken up to the end of the line, so nothing is quoted; only specifiers are replaced. */
function plainPath(file: string): string {
  refuseLineBreak(file);
  return file.replaceAll('%', '%%');
}

/** Rules of systemd.syntax(7) "Quoting", with `%` doubled because it begins a specifier. */
function quoteValue(value: string): string {
  refuseLineBreak(value);
  const escaped = value.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped}"`;
}

function refuseLineBreak(value: string): void {
  if (/[\n\r\0]/.test(value))
    throw new Error(`a systemd unit cannot hold ${JSON.stringify(value)}: it has a line break`);
}
