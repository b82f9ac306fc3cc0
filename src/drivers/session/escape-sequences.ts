/**
 * What a program says to its terminal among what it shows (ECMA-48). Groups: of CSI the prefix, parameters, intermediate characters
 * and final character; the kind of a string (OSC, DCS and the like); of all others the intermediate and the final character.
 */
export const ESCAPE_SEQUENCES =
  /\u001b(?:\[([?><=!]?)([\d;:]*)([ -/]*)([@-~])|([\]PX^_])[^\u0007\u001b]*(?:\u0007|\u001b\\)?|([ -/]*)([0-~]))/g;
