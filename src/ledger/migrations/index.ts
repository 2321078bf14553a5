import type { Migration } from 'kysely/migration';
import { foundationsMigration } from './0001-foundations.ts';
import { runsMigration } from './0002-runs.ts';
import { linksMigration } from './0003-links.ts';
import { incrementsMigration } from './0004-increments.ts';
import { managersMigration } from './0005-managers.ts';
import { rowsMigration } from './0006-rows.ts';
import { personMigration } from './0007-person.ts';
import { readNumbersMigration } from './0008-read-numbers.ts';
import { approvedMigration } from './0009-approved.ts';
import { abilitiesMigration } from './0010-abilities.ts';
import { reasonFactsMigration } from './0011-reason-facts.ts';
import { sessionsMigration } from './0012-sessions.ts';
import { keptValuesMigration } from './0013-kept-values.ts';
import { onBreachMigration } from './0014-on-breach.ts';
import { claimsMigration } from './0015-claims.ts';
import { wholeListingMigration } from './0016-whole-listing.ts';
import { runLifeMigration } from './0017-run-life.ts';
import { labelsMigration } from './0018-labels.ts';
import { auditCommentMigration } from './0019-audit-comment.ts';
import { retentionMigration } from './0020-retention.ts';
import { plansMigration } from './0021-plans.ts';
import { outagesMigration } from './0022-outages.ts';
import { connectionChecksMigration } from './0023-connection-checks.ts';
import { linkGoneMigration } from './0024-link-gone.ts';
import { leftAloneMigration } from './0025-left-alone.ts';
import { looksMigration } from './0026-looks.ts';
import { leaversMigration } from './0027-leavers.ts';
import { noticesMigration } from './0028-notices.ts';
import { lookedForMigration } from './0029-looked-for.ts';
import { shownMigration } from './0033-shown.ts';
import { waitedMigration } from './0034-waited.ts';
import { failingMigration } from './0035-failing.ts';
import { parityMigration } from './0036-parity.ts';
import { lastReadMigration } from './0037-last-read.ts';
import { knownEndsMigration } from './0038-known-ends.ts';
import { packedOutcomesMigration } from './0039-packed-outcomes.ts';

/** All steps of the schema in their order; a step that was released is never edited, only followed by another. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-foundations': foundationsMigration,
  '0002-runs': runsMigration,
  '0003-links': linksMigration,
  '0004-increments': incrementsMigration,
  '0005-managers': managersMigration,
  '0006-rows': rowsMigration,
  '0007-person': personMigration,
  '0008-read-numbers': readNumbersMigration,
  '0009-approved': approvedMigration,
  '0010-abilities': abilitiesMigration,
  '0011-reason-facts': reasonFactsMigration,
  '0012-sessions': sessionsMigration,
  '0013-kept-values': keptValuesMigration,
  '0014-on-breach': onBreachMigration,
  '0015-claims': claimsMigration,
  '0016-whole-listing': wholeListingMigration,
  '0017-run-life': runLifeMigration,
  '0018-labels': labelsMigration,
  '0019-audit-comment': auditCommentMigration,
  '0020-retention': retentionMigration,
  '0021-plans': plansMigration,
  '0022-outages': outagesMigration,
  '0023-connection-checks': connectionChecksMigration,
  '0024-link-gone': linkGoneMigration,
  '0025-left-alone': leftAloneMigration,
  '0026-looks': looksMigration,
  '0027-leavers': leaversMigration,
  '0028-notices': noticesMigration,
  '0029-looked-for': lookedForMigration,
  '0033-shown': shownMigration,
  '0034-waited': waitedMigration,
  '0035-failing': failingMigration,
  '0036-parity': parityMigration,
  '0037-last-read': lastReadMigration,
  '0038-known-ends': knownEndsMigration,
  '0039-packed-outcomes': packedOutcomesMigration,
};
