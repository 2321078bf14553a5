import { caseOf, type SpecialCase } from './people.ts';

/** How many people of the untouched world are of each special case, for an independent checker. */
export const countCases = (users: number): Record<SpecialCase, number> => {
  const counts: Record<SpecialCase, number> = {
    matchedByMail: 0,
    guest: 0,
    disabled: 0,
    withoutMail: 0,
    serviceEmployee: 0,
    withoutJira: 0,
    withoutConfluence: 0,
    withoutManager: 0,
    cyclicManager: 0,
    handKeptEqual: 0,
    handKeptDifferent: 0,
    inactiveAccount: 0,
    sharesAccount: 0,
    twoAccountsOneMail: 0,
  };
  for (let index = 0; index < users; index += 1) {
    const special = caseOf(index);
    if (special.matchedByMail) counts.matchedByMail += 1;
    if (special.guest) counts.guest += 1;
    if (special.disabled) counts.disabled += 1;
    if (special.withoutMail) counts.withoutMail += 1;
    if (special.serviceEmployee) counts.serviceEmployee += 1;
    if (special.withoutJira) counts.withoutJira += 1;
    if (special.withoutConfluence) counts.withoutConfluence += 1;
    if (special.withoutManager) counts.withoutManager += 1;
    if (special.cyclicManager) counts.cyclicManager += 1;
    if (special.handKeptEqual) counts.handKeptEqual += 1;
    if (special.handKeptDifferent) counts.handKeptDifferent += 1;
    if (special.inactiveAccount) counts.inactiveAccount += 1;
    if (special.sharesAccount) counts.sharesAccount += 1;
    if (special.twoAccountsOneMail) counts.twoAccountsOneMail += 1;
  }
  return counts;
};
