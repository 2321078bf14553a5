/** The identity providers that have a stand-in, by the kind of source that reads them. */
export const sourceNames = ['entra', 'okta', 'google'] as const;
export type SourceName = (typeof sourceNames)[number];

/** The products that have a stand-in, by the kind of target that writes them. */
export const targetNames = ['jira', 'confluence'] as const;
export type TargetName = (typeof targetNames)[number];

/** All stand-ins there are. A new one is named here, and what lacks it then does not compile. */
export const serviceNames = [...sourceNames, ...targetNames] as const;
export type ServiceName = (typeof serviceNames)[number];
