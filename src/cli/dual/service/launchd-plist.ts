import type { ServiceSpec } from './service.ts';

export function launchdLabel(spec: Pick<ServiceSpec, 'instance'>): string {
  return spec.instance ? `dev.dual.daemon.${spec.instance}` : 'dev.dual.daemon';
}

/** The property list of a launch agent, see launchd.plist(5). */
export function launchdPlist(spec: ServiceSpec): string {
  const variables = Object.entries(spec.env).map(([name, value]) => `    ${key(name)}\n    ${string(value)}`);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  ${key('Label')}`,
    `  ${string(launchdLabel(spec))}`,
    `  ${key('ProgramArguments')}`,
    '  <array>',
    ...spec.command.map((word) => `    ${string(word)}`),
    '  </array>',
    `  ${key('EnvironmentVariables')}`,
    '  <dict>',
    ...variables,
    '  </dict>',
    `  ${key('RunAtLoad')}`,
    '  <true/>',
    `  ${key('KeepAlive')}`,
    `  <dict>${key('SuccessfulExit')}<false/></dict>`,
    // Sessions and the proxy outlive the daemon.
    `  ${key('AbandonProcessGroup')}`,
    '  <true/>',
    `  ${key('StandardOutPath')}`,
    `  ${string(spec.log)}`,
    `  ${key('StandardErrorPath')}`,
    `  ${string(spec.log)}`,
    '</dict>',
    '</plist>',
  ].join('\n')}\n`;
}

function key(name: string): string {
  return `<key>${escapeXml(name)}</key>`;
}

function string(value: string): string {
  return `<string>${escapeXml(value)}</string>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
