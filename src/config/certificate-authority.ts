/** Organization of what `dual trust` makes, by which people and programs tell such an authority from others. */
export const CA_ORGANIZATION = 'Dual development CA';
