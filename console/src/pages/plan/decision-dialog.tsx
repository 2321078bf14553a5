import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { requestTexts } from '../../../../src/client/request-text.ts';
import { decide, type Plan, type PlanPart } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { Confirm } from '../../widgets/forms/confirm.tsx';
import { count, Moment, many, span } from '../../widgets/time.tsx';

/** What is decided: the plan without some of its attributes, or nothing of it. */
export type Deciding = { readonly decision: 'approve' | 'reject'; readonly without: readonly PlanPart[] };

/** Says what a decision comes to and takes it, over exactly the plan that was seen. */
export const DecisionDialog = ({
  plan,
  digest,
  deciding,
  close,
}: {
  plan: Plan;
  /** The digest of the plan as it was shown. */
  digest: string;
  deciding: Deciding;
  close: () => void;
}) => {
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const [typed, setTyped] = useState('');
  const { decision, without } = deciding;
  const said = comment.trim();
  const take = useMutation({
    mutationFn: () =>
      decide(plan.run, digest, decision, {
        ...(said === '' ? {} : { comment: said }),
        ...(decision === 'reject' || without.length === 0 ? {} : { without }),
      }),
    onSuccess: close,
    onSettled: () => void client.invalidateQueries({ queryKey: ['run', plan.run] }),
  });
  const left = plan.attributes.filter(
    (one) => !without.some(({ target, attribute }) => target === one.target && attribute === one.attribute),
  );
  const values = left.reduce((sum, { open }) => sum + open, 0);
  // Clearing, and writing over what others wrote, cannot be guessed back: it takes a second thought.
  const grave = decision === 'approve' && left.some(({ cleared, foreign }) => cleared > 0 || foreign > 0);
  const wanted = String(values);
  const requests = requestTexts(plan.forecast);
  return (
    <Confirm
      open
      title={decision === 'reject' ? 'Reject this plan' : `Apply ${many(values, 'value')}`}
      action={decision === 'reject' ? 'Reject' : 'Apply'}
      danger={decision === 'reject'}
      busy={take.isPending}
      error={take.error}
      disabled={grave && typed.trim().replaceAll(/[ ,.]/g, '') !== wanted}
      close={close}
      confirm={() => take.mutate()}
    >
      {decision === 'reject' ? (
        <p>Nothing in it is written, and it cannot be approved later. The next run makes a new plan.</p>
      ) : (
        <>
          <p>
            Exactly as planned{without.length === 0 ? '' : `, without ${without.map(nameOfPart).join(', ')}`}. A value
            that has changed at the target since then is not overwritten.
          </p>
          {without.length === 0 && requests.length > 0 && (
            <p className="muted small">It takes {requests.join(', ')}.</p>
          )}
          {plan.forecast.seconds !== null && (
            <p className="muted small">
              It takes about {span(plan.forecast.seconds * 1000)}
              {plan.forecast.pausesAt === null ? '.' : ' of writing; it waits for the hours of a target.'}
            </p>
          )}
          {grave && (
            <label className="field">
              <span className="label">
                Values are cleared, or written over what others wrote. Type the number of values, {count(values)}, to go
                on
              </span>
              <input
                className="input"
                inputMode="numeric"
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            </label>
          )}
        </>
      )}
      <label className="field">
        <span className="label">Comment, for the record</span>
        <input className="input" value={comment} onChange={({ target }) => setComment(target.value)} />
      </label>
      {plan.expiresAt !== null && (
        <p className="muted small">
          Undecided it expires on <Moment at={plan.expiresAt} />.
        </p>
      )}
    </Confirm>
  );
};

/** A part of a plan as people call it. */
export const nameOfPart = ({ target, attribute }: PlanPart): string => `${plainName(attribute)} at ${target}`;
