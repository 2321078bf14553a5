/** What a worker can be asked about a connector, in words; each question is carried by a workflow of its name. */
export const questions = {
  explainUser: 'every step from a person to what a run would write',
  sourceAttributes: 'the attributes the source offers',
  samplePeople: 'some people, to try a mapping on',
  whyValue: 'where a value in an account comes from',
  checkConnector: 'everything a run needs',
  linkUser: 'a link made by hand',
  whatIf: 'what a mapping would make of everybody as last read',
  testNotify: 'how the receivers of notices answer a test',
} as const;

/** The name of a question. */
export type QuestionName = keyof typeof questions;

/** How long a question may take to be answered, in milliseconds: one about everybody takes longer than about somebody. */
export const answerMsOf = (question: QuestionName): number => (question === 'whatIf' ? 600_000 : 90_000);
