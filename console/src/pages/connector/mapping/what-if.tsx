import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { impactSentence } from '../../../../../src/client/what-if-text.ts';
import type { MappingSettings } from '../../../../../src/core/mapping/settings.ts';
import { type WhatIf, whatIf } from '../../../api/connectors.ts';
import { useSignedIn } from '../../../signed-in.tsx';
import { needs } from '../../../text/abilities.ts';
import { plainName } from '../../../text/rows.ts';
import { Panel } from '../../../widgets/panel.tsx';
import { ProblemNotice } from '../../../widgets/problem.tsx';
import { DataTable } from '../../../widgets/tables/data-table.tsx';
import { KindTable } from '../../../widgets/tables/kind-table.tsx';
import { count, Moment, many } from '../../../widgets/time.tsx';
import { Bullets } from '../../plan/bullets.tsx';
import { WhatIfNotes } from './what-if-notes.tsx';

/** What the mapping shown, stored or not, would change for everybody as last read; worked out when asked for. */
export const WhatIfPanel = ({ id, mapping }: { id: string; mapping: MappingSettings }) => {
  const { may } = useSignedIn();
  const asked = useMutation({ mutationFn: (tried: MappingSettings) => whatIf(id, tried) });
  const { data, variables, isPending, error } = asked;
  const isStale = data !== undefined && JSON.stringify(variables) !== JSON.stringify(mapping);
  return (
    <Panel
      title="What it would change"
      aside={
        <button
          type="button"
          className="button"
          disabled={!may('configure') || isPending}
          title={may('configure') ? undefined : needs('configure')}
          onClick={() => asked.mutate(mapping)}
        >
          {isPending ? 'Working it out' : data === undefined ? 'Work it out' : 'Work it out again'}
        </button>
      }
    >
      {error !== null && <ProblemNotice error={error} retry={() => asked.mutate(mapping)} />}
      {data === undefined && (
        <p className="body muted">
          What this mapping, saved or not, would change for everybody as they were last read. Neither the directory nor
          a target is asked, and nothing is written.
        </p>
      )}
      {isStale && (
        <p className="body muted" role="status">
          The mapping has changed since. Work it out again.
        </p>
      )}
      {data !== undefined && (
        <div className="told" aria-busy={isPending || isStale} data-stale={isPending || isStale}>
          <Told told={data} />
        </div>
      )}
    </Panel>
  );
};

type Part = WhatIf['targets'][string]['attributes'][number] & { readonly target: string };

const keyOf = ({ target, attribute }: Pick<Part, 'target' | 'attribute'>): string => `${target} ${attribute}`;

const Told = ({ told }: { told: WhatIf }) => {
  const targets = Object.entries(told.targets);
  const parts = targets.flatMap(([target, { attributes }]) => attributes.map((one): Part => ({ ...one, target })));
  const [open, setOpen] = useState<string | null>(null);
  const chosen = parts.find((part) => keyOf(part) === open) ?? parts[0];
  const breached = told.figures.filter(({ breach }) => breach);
  return (
    <>
      <p className="body">
        <strong>{impactSentence(told.targets)}</strong> As last{' '}
        <Link to="/runs/$run" params={{ run: told.read.run }}>
          read
        </Link>{' '}
        on <Moment at={told.read.at} />: {many(told.read.people, 'person', 'people')}.
      </p>
      <DataTable
        label="What it would change, by target"
        rows={targets}
        keyOf={([target]) => target}
        columns={[
          { head: 'Target', names: true, cell: ([target]) => target },
          { head: 'Change', number: true, cell: ([, { planned }]) => count(planned) },
          { head: 'To be read', number: true, cell: ([, { unread }]) => count(unread) },
          { head: 'Unchanged', number: true, cell: ([, { unchanged }]) => count(unchanged) },
          { head: 'No known account', number: true, cell: ([, { unlinked }]) => count(unlinked) },
          { head: 'Out of scope', number: true, cell: ([, { outOfScope }]) => count(outOfScope) },
          { head: 'Skipped', number: true, cell: ([, { skipped }]) => count(skipped) },
          { head: 'Failed', number: true, cell: ([, { failed }]) => count(failed) },
        ]}
      />
      <WhatIfNotes told={told} />
      {breached.length > 0 && (
        <>
          <p className="body">
            <strong>The guard would hold it.</strong>
          </p>
          <Bullets figures={breached} />
        </>
      )}
      {parts.length > 0 && (
        <DataTable
          label="What it would change, by attribute"
          rows={parts}
          keyOf={keyOf}
          columns={[
            {
              head: 'Attribute',
              names: true,
              cell: (part) => (
                <>
                  <button
                    type="button"
                    className="row-name"
                    aria-expanded={part === chosen}
                    onClick={() => setOpen(keyOf(part))}
                  >
                    {plainName(part.attribute)}
                  </button>{' '}
                  <span className="muted">{part.target}</span>
                </>
              ),
            },
            { head: 'Filled', number: true, cell: ({ filled }) => count(filled) },
            { head: 'Replaced', number: true, cell: ({ replaced }) => count(replaced) },
            { head: 'Cleared', number: true, cell: ({ cleared }) => count(cleared) },
            { head: 'Of others', number: true, cell: ({ foreign }) => count(foreign) },
            { head: 'To be read', number: true, cell: ({ unread }) => count(unread) },
          ]}
        />
      )}
      {chosen?.kinds != null && (
        <>
          <h3 className="body">
            {plainName(chosen.attribute)} at {chosen.target}: kinds of change
          </h3>
          <KindTable kinds={chosen.kinds} rest={chosen.rest} />
        </>
      )}
    </>
  );
};
