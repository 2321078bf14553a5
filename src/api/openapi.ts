import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from './parts.ts';
import * as audit from './schemas/audit.ts';
import * as connectors from './schemas/connectors.ts';
import * as document from './schemas/document.ts';
import * as events from './schemas/events.ts';
import * as health from './schemas/health.ts';
import * as json from './schemas/json.ts';
import * as labels from './schemas/labels.ts';
import * as leavers from './schemas/leavers.ts';
import * as ledger from './schemas/ledger.ts';
import * as notify from './schemas/notify.ts';
import * as overview from './schemas/overview.ts';
import * as parity from './schemas/parity.ts';
import * as people from './schemas/people.ts';
import * as plans from './schemas/plans.ts';
import * as problem from './schemas/problem.ts';
import * as runLists from './schemas/run-lists.ts';
import * as runs from './schemas/runs.ts';
import * as sample from './schemas/sample.ts';
import * as schedules from './schemas/schedules.ts';
import * as session from './schemas/session.ts';
import * as targets from './schemas/targets.ts';
import * as tokens from './schemas/tokens.ts';
import * as whatIf from './schemas/what-if.ts';

const suffix = /Wire$/;

/** Every schema that leaves the API by its name, so that a client made from the description has types with names. */
const named = (): z.core.$ZodRegistry<{ id: string }> => {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries({
    ...audit,
    ...connectors,
    ...document,
    ...events,
    ...health,
    ...json,
    ...labels,
    ...leavers,
    ...ledger,
    ...notify,
    ...overview,
    ...parity,
    ...people,
    ...plans,
    ...problem,
    ...runLists,
    ...runs,
    ...sample,
    ...schedules,
    ...session,
    ...targets,
    ...tokens,
    ...whatIf,
  })) {
    if (suffix.test(name) && schema instanceof z.core.$ZodType) registry.add(schema, { id: name.replace(suffix, '') });
  }
  return registry;
};

/** Describes every route in OpenAPI 3.1. A route has an operation id; its tag is the resource of its address. */
export const describeApi = async (app: Api, version: string): Promise<void> => {
  const schemaRegistry = named();
  const transform = createJsonSchemaTransform({ schemaRegistry });
  const transformObject = createJsonSchemaTransformObject({ schemaRegistry });
  app.addHook('onRoute', ({ method, url, schema }) => {
    const described = schema !== undefined && schema.hide !== true && method !== 'HEAD';
    if (described && schema.operationId === undefined) throw new Error(`route ${url} has no operation id`);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Attune', description: 'Starts, shows and decides on sync runs.', version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: (described) => {
      const { schema, url } = transform(described);
      const [, first = '', second = ''] = described.url.split('/');
      return { schema: { ...schema, tags: [first === 'api' ? second : 'server'] }, url };
    },
    transformObject: (described) => withoutUnused(transformObject(described)),
  });
};

/** Leaves out schemas that nothing refers to: what only leaves the API is described as an input as well. */
const withoutUnused = (description: ReturnType<SwaggerTransformObject>): typeof description => {
  for (;;) {
    const schemas = 'components' in description ? (description.components?.schemas ?? {}) : {};
    const text = JSON.stringify(description);
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return description;
    for (const name of unused) delete schemas[name];
  }
};
