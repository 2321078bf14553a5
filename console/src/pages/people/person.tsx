import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { isList } from '../../../../src/core/expression/present.ts';
import type { Json } from '../../../../src/core/values.ts';
import { type Explanation, explain, type Why, whyValue } from '../../api/connectors.ts';
import { useSettings } from '../../settings.tsx';
import { useSignedIn } from '../../signed-in.tsx';
import { labelOf } from '../../text/labels.ts';
import { fromText, plainName } from '../../text/rows.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { DecisionTag } from '../../widgets/decision.tsx';
import { Page } from '../../widgets/page.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { SyncPerson } from '../../widgets/sync-person.tsx';
import { Moment } from '../../widgets/time.tsx';
import { Change, Value } from '../../widgets/value.tsx';
import './person.css';

/** One person: what the directory says, and step by step what becomes of it at each target. */
export const PersonPage = () => {
  const { connector, person } = useParams({ from: '/people/$connector/$person' });
  const { may } = useSignedIn();
  const { shown } = useSettings();
  const [syncing, setSyncing] = useState(false);
  const told = useQuery({
    queryKey: ['person', connector, person],
    queryFn: () => explain(connector, person),
    staleTime: 60_000,
    enabled: may('values'),
  });
  const label = told.data === undefined ? null : labelOf(told.data.source);
  return (
    <Page
      title="Person"
      heading={label !== null && shown && label.name !== '' ? <bdi>{label.name}</bdi> : `Person ${person.slice(0, 8)}`}
      lead={
        <>
          {shown && label !== null && label.login !== '' && (
            <>
              <bdi>{label.login}</bdi> ·{' '}
            </>
          )}
          {connector} · <code>{person}</code>
        </>
      }
      actions={
        <>
          <button
            type="button"
            className="button"
            disabled={told.isFetching || !may('values')}
            onClick={() => void told.refetch()}
          >
            Explain again
          </button>
          <button
            type="button"
            className="button"
            data-kind="primary"
            disabled={!may('run') || !may('values')}
            title={may('run') && may('values') ? undefined : 'Needs a token with the abilities values and run'}
            onClick={() => setSyncing(true)}
          >
            Sync now…
          </button>
        </>
      }
    >
      {told.error !== null && <ProblemNotice error={told.error} retry={() => void told.refetch()} />}
      {!may('values') && (
        <div className="notice">
          <strong>People are shown to tokens with the ability values</strong>
          <p>What the directory and the targets say of a person is made of personal values.</p>
        </div>
      )}
      {told.isFetching && told.data === undefined && (
        <p className="muted">Reading the person at the directory and at each target…</p>
      )}
      {told.data !== undefined && <Source told={told.data} />}
      {told.data !== undefined &&
        Object.keys(told.data.targets).map((target) => <AtTarget key={target} told={told.data} target={target} />)}
      {syncing && <SyncPerson connector={connector} person={person} close={() => setSyncing(false)} />}
      <Commands
        lines={[
          `attune explain ${connector} ${person}`,
          `attune sync ${connector} --user ${person}`,
          curl('POST', `/api/connectors/${connector}/explain`, { user: person }),
        ]}
      />
    </Page>
  );
};

const Source = ({ told }: { told: Explanation }) => (
  <section className="panel">
    <header>
      <h2>What the directory says</h2>
      <span className="state" data-tone={told.scope ? 'ok' : 'quiet'}>
        {told.scope ? 'In scope' : 'Out of the connector’s scope'}
      </span>
    </header>
    <div className="body">
      <dl className="attributes">
        {leavesOf(told.source).map(([path, value]) => (
          <div key={path}>
            <dt>{path}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  </section>
);

/** Every path with a value, as a mapping names it. */
const leavesOf = (value: Json, path = ''): readonly (readonly [string, string])[] => {
  if (value === null || value === '') return [];
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object') return [[path, String(value)]];
  if (isList(value))
    return value.length === 0
      ? []
      : [[path, value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
};

type Step = { readonly name: string; readonly is: 'ok' | 'stop' | 'ahead'; readonly text: string };

/** The five steps in a run's order: green until the one that stops. */
const stepsOf = (told: Explanation, target: string): readonly Step[] => {
  const at = told.targets[target];
  if (at === undefined) return [];
  const scoped = at.steps.every((step) => step.step !== 'scope' || step.holds) && told.scope;
  const mapped = at.steps.some(({ step }) => step === 'row');
  const { outcome, sentence: left } = at;
  const writes = at.attributes.filter(({ decision }) => decision === 'set' || decision === 'clear').length;
  const steps: Step[] = [
    { name: 'Read', is: 'ok', text: `${Object.keys(told.source).length} attributes` },
    { name: 'Scope', is: scoped ? 'ok' : 'stop', text: scoped ? 'takes part' : left },
  ];
  if (!scoped) return steps;
  const mapping = mapped && outcome !== 'skipped' ? 'ok' : at.account === null && !mapped ? 'stop' : 'ok';
  steps.push({
    name: 'Mapping',
    is: mapping,
    text: mapping === 'ok' ? `${at.steps.filter(({ step }) => step === 'row').length} rows` : left,
  });
  if (mapping === 'stop') return steps;
  const matched = at.account !== null || outcome === 'unchanged';
  steps.push({
    name: 'Match',
    is: matched ? 'ok' : 'stop',
    text: matched ? (at.account === null ? 'as remembered' : howFound[at.account.by]) : left,
  });
  if (!matched) return steps;
  const ends = outcome === 'failed' || outcome === 'skipped';
  steps.push({
    name: 'Write',
    is: ends ? 'stop' : 'ok',
    text: ends ? left : writes === 0 ? 'nothing to do' : `${writes} to write`,
  });
  return steps;
};

const howFound = { byHand: 'linked by hand', remembered: 'linked before', match: 'found by the match' } as const;

const AtTarget = ({ told, target }: { told: Explanation; target: string }) => {
  const at = told.targets[target];
  if (at === undefined) return null;
  const { remedy } = at;
  return (
    <section className="panel">
      <header>
        <h2>
          {target}
          {at.account !== null && (
            <span className="muted">
              {' '}
              <Value value={at.account.username} />
            </span>
          )}
        </h2>
        <OutcomeState outcome={at.outcome} />
      </header>
      <ol className="steps" aria-label={`Steps at ${target}`}>
        {stepsOf(told, target).map(({ name, is, text }) => (
          <li key={name} data-is={is}>
            <strong>{name}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {at.attempts.length > 0 && (
        <div className="body">
          <h3>Looked for</h3>
          <ul>
            {at.attempts.map(({ by, value, hits }) => (
              <li key={`${by} ${value}`}>
                {by} <Value value={value} />:{' '}
                {hits.length === 0 ? 'nobody' : hits.length === 1 ? 'one account' : `${hits.length} accounts`}
                {hits.map((hit) => (
                  <span key={hit}>
                    {' '}
                    <Value value={hit} />
                  </span>
                ))}
              </li>
            ))}
          </ul>
          {remedy !== null && at.account === null && <p className="muted small">{remedy}</p>}
        </div>
      )}
      {at.attributes.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Attribute</th>
                <th scope="col">Value</th>
                <th scope="col">A run would</th>
                <th scope="col">Because</th>
                <th scope="col">Came from</th>
              </tr>
            </thead>
            <tbody>
              {at.attributes.map(({ attribute, before, after, decision, why }) => (
                <tr key={attribute}>
                  <td>{plainName(attribute)}</td>
                  <td>
                    {decision === 'set' || decision === 'clear' ? (
                      <Change before={before} after={after} />
                    ) : (
                      <Value value={after} />
                    )}
                  </td>
                  <td>
                    <DecisionTag decision={decision} why={why} />
                  </td>
                  <td className="muted">{why}</td>
                  <td>
                    {at.account !== null && (
                      <Origin target={target} account={at.account.username} attribute={attribute} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {at.attributes.length === 0 && <p className="body muted">{at.sentence}</p>}
    </section>
  );
};

const origins: Readonly<Record<Why['origin'], string>> = {
  written: 'written by Attune',
  adopted: 'found equal and adopted',
  foreign: 'not Attune’s',
  changedSince: 'changed at the target since',
  unknown: 'unknown',
  forgotten: 'Attune’s own, by a run that is not kept any more',
};

/** Where the value that stands there came from: asked of the target only when somebody wants to know. */
const Origin = ({ target, account, attribute }: { target: string; account: string; attribute: string }) => {
  const asked = useMutation({ mutationFn: () => whyValue(target, account, attribute) });
  if (asked.error !== null) return <span className="small problem">{asked.error.message}</span>;
  if (asked.data === undefined) {
    return (
      <button
        type="button"
        className="button"
        data-kind="quiet"
        disabled={asked.isPending}
        onClick={() => asked.mutate()}
      >
        Why
      </button>
    );
  }
  const { origin, write, rows } = asked.data;
  return (
    <span className="small">
      {origins[origin]}
      {write !== null && (
        <>
          {' '}
          <Moment at={write.at} /> by the run{' '}
          <Link to="/runs/$run" params={{ run: write.run }}>
            {write.run.slice(0, 8)}
          </Link>
          , version {write.version}, started by {write.startedBy}
        </>
      )}
      {rows.length > 0 && (
        <span className="muted">
          {' '}
          · row {rows.map(({ row }) => row + 1).join(', ')}:{' '}
          <code>{rows.map(({ from }) => fromText(from)).join(' or ')}</code>
        </span>
      )}
    </span>
  );
};
