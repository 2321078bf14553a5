import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { listSchedules, pauseSchedules } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Confirm } from '../../widgets/forms/confirm.tsx';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { exact, Moment } from '../../widgets/time.tsx';
import { ScheduleFields } from './schedule-fields.tsx';

const modes = {
  full: 'everybody',
  delta: 'what changed since the last run',
  verify: 'everybody, every value read',
} as const;

/** When a connector runs by itself: in words, with its next times, paused and let go on, and as the draft has it. */
export const SchedulesPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const { may } = useSignedIn();
  const client = useQueryClient();
  const [pausing, setPausing] = useState(false);
  const [comment, setComment] = useState('');
  const [until, setUntil] = useState<string | null>(null);
  const key = ['connector', id, 'schedules'];
  const list = useQuery({ queryKey: key, queryFn: () => listSchedules(id) });
  const change = useMutation({
    mutationFn: (how: 'pause' | 'resume') =>
      pauseSchedules(id, how, {
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
        ...(how === 'resume' || until === null ? {} : { until }),
      }),
    onSuccess: (schedules) => {
      setPausing(false);
      client.setQueryData(key, schedules);
    },
  });
  const schedules = list.data?.schedules ?? [];
  const anyPaused = schedules.some(({ paused }) => paused);
  const allowed = may('configure');
  const title = allowed ? undefined : needs('configure');
  return (
    <>
      <Panel
        title="Runs automatically"
        aside={
          schedules.length > 0 && (
            <button
              type="button"
              className="button"
              disabled={!allowed || change.isPending}
              title={title}
              onClick={() => (anyPaused ? change.mutate('resume') : setPausing(true))}
            >
              {anyPaused ? 'Resume' : 'Pause…'}
            </button>
          )
        }
      >
        {list.error !== null && <ProblemNotice error={list.error} retry={() => void list.refetch()} />}
        {change.error !== null && !pausing && <ProblemNotice error={change.error} />}
        {list.data !== undefined && schedules.length === 0 && (
          <Empty title="It runs only when you start it">
            <span>Add a schedule below and save; for example, everybody at night and changes every 15 minutes.</span>
          </Empty>
        )}
        {schedules.length > 0 && (
          <DataTable
            rows={schedules}
            keyOf={({ name }) => name}
            columns={[
              {
                head: 'When',
                names: true,
                cell: ({ text, timeZone }) => (
                  <>
                    {text}
                    {timeZone !== null && <span className="muted">, {timeZone}</span>}
                  </>
                ),
              },
              { head: 'Reads', cell: ({ mode }) => modes[mode] },
              {
                head: 'State',
                cell: ({ isSet, paused, until, note }) => (
                  <span className="state" data-tone={!isSet ? 'bad' : paused ? 'warn' : 'ok'}>
                    {!isSet
                      ? 'Not set in Temporal: save again'
                      : paused
                        ? `Paused${note === null ? '' : ` (${note})`}`
                        : 'Set'}
                    {until !== null && (
                      <>
                        {' '}
                        until <Moment at={until} />
                      </>
                    )}
                  </span>
                ),
              },
              {
                head: 'Next times',
                cell: ({ next, timeZone }) => (
                  <ul>
                    {next.map((at) => (
                      <li key={at}>
                        {timeZone === null ? <Moment at={at} /> : <time dateTime={at}>{exact(at, timeZone)}</time>}
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        )}
      </Panel>
      <ScheduleFields />
      <Confirm
        open={pausing}
        title={`Pause the schedules of ${id}`}
        action="Pause"
        busy={change.isPending}
        error={change.error}
        close={() => setPausing(false)}
        confirm={() => change.mutate('pause')}
      >
        <p>
          No run starts automatically until {until === null ? 'you resume them' : <Moment at={until} />}. Runs in
          progress are not affected.
        </p>
        <label className="field">
          <span className="label">Resume automatically at (your local time; empty: not)</span>
          <input
            className="input"
            type="datetime-local"
            onChange={({ target: { value } }) => setUntil(value === '' ? null : new Date(value).toISOString())}
          />
        </label>
        <label className="field">
          <span className="label">Why</span>
          <input className="input" value={comment} onChange={({ target }) => setComment(target.value)} />
        </label>
      </Confirm>
      <Commands
        lines={[
          curl('GET', `/api/connectors/${id}/schedules`),
          ...(schedules.length === 0 ? [] : [curl('POST', `/api/connectors/${id}/schedules/resume`, {})]),
        ]}
      />
    </>
  );
};
