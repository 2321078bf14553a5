import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { getPlan, getRun, type Plan, type PlanPart } from '../../api/runs.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { plainName } from '../../text/rows.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Page } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { RunState } from '../../widgets/state.tsx';
import { ChangeList } from '../../widgets/tables/change-list.tsx';
import { Ago, count, Moment } from '../../widgets/time.tsx';
import { NotWritten } from '../run/not-written.tsx';
import { PlanAttributes } from './attributes.tsx';
import { Bullets } from './bullets.tsx';
import { Cause } from './cause.tsx';
import { type Deciding, DecisionDialog } from './decision-dialog.tsx';
import { Kinds } from './kinds.tsx';
import { keyOfPart } from './part.ts';
import { Standing } from './standing.tsx';
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
    .filter((one) => !without.some((other) => keyOfPart(other) === keyOfPart(one)))
    .reduce((sum, one) => sum + one.open, 0);
  const parts = breached.map(({ target, attribute }) => ({ target, attribute }));
  const leftWithoutBreached = open - breached.reduce((sum, one) => sum + one.open, 0);
  const offersWithout = without.length === 0 && parts.length > 0 && leftWithoutBreached > 0;
  const moved = seen !== plan.digest;
  const allowed = may('approve') && plan.decidable && seen !== null && !moved;
  const title = may('approve') ? undefined : needs('approve');
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
          <PlanAttributes plan={plan} without={without} onWithout={setWithout} onChosen={setChosen} />
        </Panel>
        {part !== null && may('values') && <Kinds key={keyOfPart(part)} run={plan.run} part={part} />}
      </div>
      {run.data !== undefined && may('values') && (
        <div className="on-screen">
          <ChangeList run={run.data} />
        </div>
      )}
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
