export { applyPlan } from './apply-plan.ts';
export { applyBatch, planBatch } from './batch.ts';
export { findUser } from './find-user.ts';
export { fullSync } from './full-sync.ts';
export { housekeeping } from './housekeeping.ts';
export {
  checkConnector,
  explainUser,
  linkUser,
  samplePeople,
  sourceAttributes,
  testNotify,
  whatIf,
  whyValue,
} from './questions.ts';
export { sendNotice } from './send-notice.ts';
export { syncUser } from './sync-user.ts';
// biome-ignore lint/style/noDefaultExport: Temporal runs the default export under every type that is not named here.
export { unknownType as default } from './unknown-type.ts';
