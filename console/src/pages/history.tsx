import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { schedulePrefix } from '../../../src/core/schedules/schedule.ts';
import { type AuditEntry, listAudit } from '../api/access.ts';
import { listRuns, type RunSummary } from '../api/runs.ts';
import { actionKinds, actionWords } from '../text/audit.ts';
import { kindWords, statusWords } from '../text/runs.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { RunState } from '../widgets/state.tsx';
import { type Column, DataTable } from '../widgets/tables/data-table.tsx';
import { Export, everyPage } from '../widgets/tables/export.tsx';
import { Filter, withFilter } from '../widgets/tables/filter.tsx';
import { PagesEnd, usePages } from '../widgets/tables/pages.tsx';
import { Moment } from '../widgets/time.tsx';

type Entry = { readonly at: string } & (
  | { readonly is: 'action'; readonly action: AuditEntry }
  | { readonly is: 'run'; readonly run: RunSummary }
);

/** Everything that happened, on one timeline: what people did, and the runs that began by themselves. */
export const History = () => {
  const search = useSearch({ from: '/history' });
  const navigate = useNavigate({ from: '/history' });
  const filter = { who: search.who, action: search.what, subject: search.about };
  const isNarrowed = Object.keys(search).length > 0;
  const actions = usePages(['audit', filter], (cursor) => listAudit({ ...filter, cursor, limit: 100 }));
  // Runs that people started are in the record already; those of schedules are not, and nobody did them.
  const runs = usePages(
    ['runs', 'history'],
    (cursor) => listRuns({ kind: 'everybody', cursor, limit: 100 }),
    !isNarrowed,
  );
  const entries = together(
    { of: actions.pages?.flatMap((page) => page.entries).map(asAction) ?? [], hasMore: actions.hasMore },
    {
      of: isNarrowed
        ? []
        : (runs.pages
            ?.flatMap((page) => page.runs)
            .filter(bySchedule)
            .map(asRun) ?? []),
      hasMore: !isNarrowed && runs.hasMore,
    },
  );
  const narrow = (name: keyof typeof search) => (value: string | undefined) =>
    void navigate({ search: (before) => withFilter(before, name, value), replace: true });
  return (
    <Page
      title="History"
      actions={
        <Export
          name="attune-history"
          heads={['at', 'who', 'action', 'subject', 'comment']}
          rows={async () =>
            (await everyPage((cursor) => listAudit({ ...filter, cursor, limit: 1000 })))
              .flatMap((page) => page.entries)
              .map(({ at, who, action, subject, comment }) => [at, who, action, subject, comment])
          }
        />
      }
    >
      <div className="actions">
        <Filter label="What" all="everything" value={search.what} choose={narrow('what')} choices={actionKinds} />
        <Typed label="Who" value={search.who} choose={narrow('who')} hint="name of a token" />
        <Typed label="About" value={search.about} choose={narrow('about')} hint="connector, run or token" />
      </div>
      <section className="panel">
        {actions.pages !== undefined && entries.length === 0 && (
          <Empty title={isNarrowed ? 'Nothing of this kind' : 'Nothing has happened yet'}>
            <span>Remove a filter to see more. Entries past their retention are no longer available.</span>
          </Empty>
        )}
        {entries.length > 0 && (
          <DataTable
            rows={entries}
            keyOf={(entry) => (entry.is === 'run' ? `run ${entry.run.id}` : `${entry.at} ${keyOfAction(entry.action)}`)}
            columns={columns}
          />
        )}
        <PagesEnd
          of={{
            ...actions,
            hasMore: actions.hasMore || (!isNarrowed && runs.hasMore),
            isBusy: actions.isBusy || runs.isBusy,
            more: () => {
              if (actions.hasMore) actions.more();
              if (!isNarrowed && runs.hasMore) runs.more();
            },
          }}
        />
      </section>
      <Commands lines={['attune audit', curl('GET', '/api/audit?limit=100')]} />
    </Page>
  );
};

const asAction = (action: AuditEntry): Entry => ({ at: action.at, is: 'action', action });
const asRun = (run: RunSummary): Entry => ({ at: run.startedAt, is: 'run', run });
const bySchedule = ({ startedBy }: RunSummary): boolean => startedBy.startsWith(schedulePrefix);
const keyOfAction = ({ who, action, subject }: AuditEntry): string => `${who} ${action} ${subject}`;

type Part = { readonly of: readonly Entry[]; readonly hasMore: boolean };

/** Two listings as one, as far back as both are known. */
const together = (...parts: readonly Part[]): readonly Entry[] => {
  const ends = parts.flatMap(({ of, hasMore }) => (hasMore ? [of.at(-1)?.at ?? ''] : []));
  const horizon = ends.sort().at(-1) ?? '';
  return parts
    .flatMap(({ of }) => of)
    .filter(({ at }) => at >= horizon)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
};

const columns: readonly Column<Entry>[] = [
  { head: 'When', cell: ({ at }) => <Moment at={at} /> },
  { head: 'Who', cell: (entry) => (entry.is === 'run' ? entry.run.startedBy : entry.action.who) },
  {
    head: 'What',
    cell: (entry) =>
      entry.is === 'run' ? (
        <>
          {kindWords(entry.run)}: <RunState status={entry.run.status} />
        </>
      ) : (
        (actionWords[entry.action.action] ?? entry.action.action)
      ),
  },
  { head: 'About', cell: (entry) => <About entry={entry} /> },
  {
    head: 'Comment',
    cell: (entry) => (
      <span className="muted">{entry.is === 'run' ? statusWords[entry.run.status].text : entry.action.comment}</span>
    ),
  },
];

/** What an entry is about, as a way there. */
const About = ({ entry }: { entry: Entry }) => {
  if (entry.is === 'run') {
    return (
      <Link to="/runs/$run" params={{ run: entry.run.id }}>
        {entry.run.connector}
      </Link>
    );
  }
  const { action, subject } = entry.action;
  const [first = '', second] = subject.split('/');
  if (action.startsWith('run.') || action === 'changes.read') {
    return (
      <Link to="/runs/$run" params={{ run: subject }}>
        {subject.slice(0, 8)}
      </Link>
    );
  }
  if (['person.explain', 'person.read', 'person.history'].includes(action) && second !== undefined) {
    return (
      <Link to="/people/$connector/$person" params={{ connector: first, person: second }}>
        {first}, one person
      </Link>
    );
  }
  if (action === 'connector.store' || action === 'connector.rollback') {
    const [id = '', version] = subject.split('@');
    return (
      <Link to="/connectors/$id/versions" params={{ id }}>
        {id}, version {version}
      </Link>
    );
  }
  return <>{subject}</>;
};

const Typed = ({
  label,
  value,
  choose,
  hint,
}: {
  label: string;
  value: string | undefined;
  choose: (value: string | undefined) => void;
  hint: string;
}) => (
  <label className="filter">
    <span className="small muted">{label}</span>
    <input
      className="input"
      defaultValue={value ?? ''}
      placeholder={hint}
      onChange={({ target }) => choose(target.value.trim() === '' ? undefined : target.value.trim())}
    />
  </label>
);
