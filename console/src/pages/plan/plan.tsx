import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { getPlan, getRun, type Plan, type PlanPart } from '../../api/runs.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { plainName } from '../../text/rows.ts';
import { ChangeList } from '../../widgets/change-list.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { DataTable } from '../../widgets/data-table.tsx';
import { Empty, Page } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { RunState } from '../../widgets/state.tsx';
import { Ago, count, Moment, many } from '../../widgets/time.tsx';
import { NotWritten } from '../run/not-written.tsx';
import { Bullets } from './bullets.tsx';
import { type Deciding, DecisionDialog, nameOfPart } from './decision-dialog.tsx';
import { Kinds } from './kinds.tsx';
import './plan.css';

/** A plan, in the order in which one thinks over it: what, why, the decision, the guard, the attributes, the people. */
export const PlanPage = () => {
  const { run: id } = useParams({ from: '/runs/$run/plan' });
  const plan = useQuery({ queryKey: ['run', id, 'plan'], queryFn: () => getPlan(id) });
  if (plan.error !== null) {
    return (
      <Page title="Plan">
        <ProblemNotice error={plan.error} retry={() => void plan.refetch()} />
      </Page>
    );
  }
  if (plan.data === undefined) return <Page title="Plan">{null}</Page>;
  return <Shown plan={plan.data} />;
};

const key = ({ target, attribute }: PlanPart): string => `${target} ${attribute}`;

const Shown = ({ plan }: { plan: Plan }) => {
  const { may } = useSignedIn();
  const run = useQuery({ queryKey: ['run', plan.run], queryFn: () => getRun(plan.run) });
  const breached = plan.attributes.filter(({ breach }) => breach);
  // What is decided over is the plan as it was first shown: another one that comes meanwhile is not taken for it.
  const [seen] = useState(plan.digest);
  const [without, setWithout] = useState<readonly PlanPart[]>([]);
  const [chosen, setChosen] = useState<PlanPart | null>(null);
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const part = chosen ?? breached[0] ?? plan.attributes[0] ?? null;
  const open = plan.attributes.reduce((sum, one) => sum + one.open, 0);
  const left = plan.attributes
    .filter((one) => !without.some((other) => key(other) === key(one)))
    .reduce((sum, one) => sum + one.open, 0);
  const parts = breached.map(({ target, attribute }) => ({ target, attribute }));
  const leftWithoutBreached = open - breached.reduce((sum, one) => sum + one.open, 0);
  const offersWithout = without.length === 0 && parts.length > 0 && leftWithoutBreached > 0;
  const moved = seen !== plan.digest;
  const allowed = may('approve') && plan.decidable && seen !== null && !moved;
  const title = may('approve') ? undefined : 'Needs a token that may approve';
  return (
    <Page
      title={`Plan of ${plan.connector}`}
      heading={plan.sentence}
      lead={
        <>
          <RunState status={plan.status} /> · {plan.connector} ·{' '}
          <Link to="/runs/$run" params={{ run: plan.run }}>
            its run
          </Link>{' '}
          · version {plan.version}
          {plan.expiresAt !== null && plan.decidable && (
            <>
              {' '}
              · expires <Moment at={plan.expiresAt} /> (<Ago at={plan.expiresAt} />)
            </>
          )}
        </>
      }
      actions={
        plan.decidable && (
          <>
            {offersWithout && (
              <button
                type="button"
                className="button"
                data-kind="primary"
                disabled={!allowed}
                title={title}
                onClick={() => setDeciding({ decision: 'approve', without: parts })}
              >
                Apply {count(leftWithoutBreached)} without{' '}
                {parts.map(({ attribute }) => plainName(attribute)).join(', ')}
              </button>
            )}
            <button
              type="button"
              className="button"
              data-kind={offersWithout ? undefined : 'primary'}
              disabled={!allowed || left === 0}
              title={title}
              onClick={() => setDeciding({ decision: 'approve', without })}
            >
              Apply {without.length === 0 ? `all ${count(open)}` : count(left)}…
            </button>
            <button
              type="button"
              className="button"
              disabled={!allowed}
              title={title}
              onClick={() => setDeciding({ decision: 'reject', without: [] })}
            >
              Reject…
            </button>
            <Link className="button" to="/connectors/$id/mapping" params={{ id: plan.connector }}>
              Open mapping
            </Link>
          </>
        )
      }
    >
      <Standing plan={plan} moved={moved} mayApprove={may('approve')} />
      <Cause plan={plan} />
      {plan.figures.length > 0 && (
        <Panel title="Guard">
          <Bullets figures={plan.figures} />
        </Panel>
      )}
      <div className="plan-parts">
        <Panel
          title="Attributes"
          aside={
            <span className="muted small">
              {count(left)} of {count(open)} values chosen
            </span>
          }
        >
          {plan.attributes.length === 0 ? (
            <Empty title="Nothing would change" />
          ) : (
            <DataTable
              label="Attributes of the plan"
              rows={plan.attributes}
              keyOf={key}
              columns={[
                {
                  head: <span className="visually-hidden">Applied</span>,
                  cell: ({ target, attribute }) => (
                    <input
                      type="checkbox"
                      aria-label={`Apply ${nameOfPart({ target, attribute })}`}
                      disabled={!plan.decidable}
                      checked={!without.some((one) => key(one) === key({ target, attribute }))}
                      onChange={({ target: { checked } }) =>
                        setWithout(
                          checked
                            ? without.filter((one) => key(one) !== key({ target, attribute }))
                            : [...without, { target, attribute }],
                        )
                      }
                    />
                  ),
                },
                {
                  head: 'Attribute',
                  cell: ({ target, attribute, breach }) => (
                    <>
                      <button
                        type="button"
                        className="row-name"
                        data-row-link
                        onClick={() => setChosen({ target, attribute })}
                      >
                        {plainName(attribute)}
                      </button>{' '}
                      <span className="muted">{target}</span>{' '}
                      {breach && (
                        <span className="tag" data-tone="bad">
                          too many
                        </span>
                      )}
                    </>
                  ),
                },
                { head: 'Filled', number: true, cell: ({ filled }) => count(filled) },
                { head: 'Replaced', number: true, cell: ({ replaced }) => count(replaced) },
                { head: 'Cleared', number: true, cell: ({ cleared }) => count(cleared) },
                { head: 'Of others', number: true, cell: ({ foreign }) => count(foreign) },
              ]}
            />
          )}
        </Panel>
        {part !== null && may('values') && <Kinds key={key(part)} run={plan.run} part={part} />}
      </div>
      {run.data !== undefined && may('values') && <ChangeList run={run.data} />}
      {run.data !== undefined && <NotWritten run={run.data} />}
      {deciding !== null && seen !== null && (
        <DecisionDialog plan={plan} digest={seen} deciding={deciding} close={() => setDeciding(null)} />
      )}
      <Commands
        lines={[
          `attune plan ${plan.run}`,
          `attune approve ${plan.run}`,
          `attune reject ${plan.run}`,
          curl('GET', `/api/runs/${plan.run}/plan`),
        ]}
      />
    </Page>
  );
};

/** Where the plan stands: decided, expired, replaced, or out of date. */
const Standing = ({ plan, moved, mayApprove }: { plan: Plan; moved: boolean; mayApprove: boolean }) => {
  const { decision, supersededBy, stale, expired, version, connector } = plan;
  return (
    <>
      {moved && (
        <div className="notice" data-tone="warn" role="alert">
          <strong>The run holds another plan by now</strong>
          <span className="actions">
            <button type="button" className="button" onClick={() => window.location.reload()}>
              Show that one
            </button>
          </span>
          <p>Nothing can be decided over the one you have looked at.</p>
        </div>
      )}
      {decision !== null && (
        <div className="notice" data-tone={decision.decision === 'approved' ? 'ok' : 'warn'}>
          <strong>
            {decision.decision === 'approved' ? 'Approved' : 'Rejected'} by {decision.by} <Ago at={decision.at} />
          </strong>
          <p>
            {decision.without.length > 0 &&
              `Without ${decision.without.map(({ target, attribute }) => [attribute === undefined ? '' : plainName(attribute), target].filter((one) => one !== '' && one !== undefined).join(' at ')).join(', ')}. `}
            {decision.comment}
          </p>
        </div>
      )}
      {supersededBy !== null && (
        <div className="notice" data-tone="warn" role="alert">
          <strong>A later plan has replaced this one</strong>
          <span className="actions">
            <Link className="button" to="/runs/$run/plan" params={{ run: supersededBy }}>
              Look at that one
            </Link>
          </span>
        </div>
      )}
      {expired && (
        <div className="notice" data-tone="warn">
          <strong>This plan has expired</strong>
          <p>Nothing of it is written any more. The next run plans anew.</p>
        </div>
      )}
      {plan.decidable && stale.version !== null && (
        <div className="notice" data-tone="warn">
          <strong>
            Planned under version {version}; version {stale.version} stands
          </strong>
          <span className="actions">
            <Link className="button" to="/connectors/$id/versions" params={{ id: connector }}>
              What has changed
            </Link>
          </span>
          <p>Applying it writes what the earlier version gave. Plan again to see what the new one gives.</p>
        </div>
      )}
      {plan.decidable && !mayApprove && (
        <div className="notice">
          <strong>Somebody whose token may approve decides over it</strong>
          <p>Settings lists the tokens, with what each may do.</p>
        </div>
      )}
    </>
  );
};

const Cause = ({ plan: { cause, sinceApplied } }: { plan: Plan }) => (
  <section className="cause" aria-label="Likely cause">
    <p>
      <strong>Likely cause.</strong> {cause}
    </p>
    {sinceApplied !== null && sinceApplied.differences.length > 0 && (
      <ul>
        {sinceApplied.differences.slice(0, 8).map(({ path, before, after }) => (
          <li key={path}>
            <code>{path}</code> <del className="muted">{text(before)}</del> <ins>{text(after)}</ins>
          </li>
        ))}
        {sinceApplied.differences.length > 8 && (
          <li className="muted">and {many(sinceApplied.differences.length - 8, 'more place')}</li>
        )}
      </ul>
    )}
    {sinceApplied !== null && sinceApplied.directory.before !== null && sinceApplied.directory.now !== null && (
      <p className="muted small">
        The directory had {count(sinceApplied.directory.before)} people, and has {count(sinceApplied.directory.now)}{' '}
        now.
      </p>
    )}
  </section>
);

const text = (value: unknown): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
