import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { MappingSettings } from '../../../../../src/core/mapping/settings.ts';
import { getSample } from '../../../api/connectors.ts';
import { offersOf } from '../../../preview/offers.ts';
import { valueAt } from '../../../preview/stats.ts';
import { usePreview } from '../../../preview/use-preview.ts';
import { useSettings } from '../../../settings.tsx';
import { useSignedIn } from '../../../signed-in.tsx';
import { attributeOf } from '../../../text/rows.ts';
import { Commands, curl } from '../../../widgets/commands.tsx';
import { Empty } from '../../../widgets/page.tsx';
import { ProblemNotice } from '../../../widgets/problem.tsx';
import { SyncPerson } from '../../../widgets/sync-person.tsx';
import { useDraft } from '../draft.tsx';
import { type Editing, newRow, withRow, withRows } from './edited-rows.ts';
import './mapping.css';
import { needsToken } from '../../../text/abilities.ts';
import { useProblems } from '../use-problems.ts';
import { useSaveKey } from '../use-save-key.ts';
import { hiddenName, MappingBar, StoredNotice } from './mapping-bar.tsx';
import { MappingTable } from './mapping-table.tsx';
import { RowEditor } from './row-editor.tsx';
import { WhatIfPanel } from './what-if.tsx';

/** The mapping of a connector, tried on real people while it is written. */
export const MappingPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const search = useSearch({ from: '/connectors/$id/mapping' });
  const navigate = useNavigate({ from: '/connectors/$id/mapping' });
  const { may } = useSignedIn();
  const { shown } = useSettings();
  const tries = may('values') && may('configure');
  const draft = useDraft();
  const { definition, change, save, stored } = draft;
  const [editing, setEditing] = useState<Editing | null>(null);
  /** Opens a row. Its place, and what it is saved over, are those of the version shown now. */
  const edit = (row: Editing): void => {
    draft.begin();
    setEditing(row);
  };
  const [syncing, setSyncing] = useState<string | null>(null);
  /** Who was synced from here, and by which version: `8 some-id`. */
  const [synced, setSynced] = useState<ReadonlySet<string>>(new Set());
  const [also, setAlso] = useState<readonly string[]>([]);

  const { to, schedules } = definition.connector;
  const target = to.find((one) => one.target === search.target) ?? to[0];
  const sample = useQuery({
    queryKey: ['sample', id, also],
    queryFn: () => getSample(id, { also, include: search.person === undefined ? [] : [search.person] }),
    enabled: tries,
    staleTime: 30 * 60_000,
    placeholderData: (before) => before,
  });

  const settings = useMemo<MappingSettings | null>(() => {
    if (target === undefined) return null;
    const now = editing === null ? definition : withRows(definition, target.target, (rows) => withRow(rows, editing));
    const { scope, to: all } = now.connector;
    return { ...(scope === undefined ? {} : { scope }), to: all };
  }, [definition, target, editing]);

  const live = usePreview(sample.data, settings);
  const problems = useProblems(id, draft.definition, target?.target, editing);
  const offers = useMemo(() => offersOf(sample.data?.people ?? []), [sample.data]);

  const people = useMemo(
    () =>
      (sample.data?.people ?? []).map((one) => ({
        id: one.person,
        name: one.label.name ?? one.label.login ?? one.person,
        login: one.label.login ?? '',
        linked: Object.keys(one.targets),
        filled: Object.values(one.attributes).filter((value) => value !== null && value !== '').length,
      })),
    [sample.data],
  );
  const held = useMemo(
    () =>
      (sample.data?.people ?? []).map(({ attributes, targets }) => ({
        attributes,
        values: targets[target?.target ?? '']?.values ?? {},
      })),
    [sample.data, target?.target],
  );
  // Whoever has an account and of whom the directory says most: a new row most likely has a value for them.
  const chosen =
    people.find((one) => one.id === search.person) ??
    people
      .filter((one) => target !== undefined && one.linked.includes(target.target))
      .reduce<(typeof people)[number] | undefined>(
        (best, one) => (best === undefined || one.filled > best.filled ? one : best),
        undefined,
      ) ??
    people[0];
  const at = people.findIndex((one) => one.id === chosen?.id);

  useSaveKey(() => {
    if (editing === null && draft.dirty) void save();
  });

  if (target === undefined) return <Empty title="This connector writes to no target yet" />;
  const { preview } = live;
  const ends = preview?.ok ? preview.ends : [];

  const put = (row: Editing) => change((now) => withRows(now, target.target, (rows) => withRow(rows, row)));
  const remove = (index: number) =>
    change((now) => withRows(now, target.target, (rows) => rows.filter((_, place) => place !== index)));

  return (
    <>
      <MappingBar
        id={id}
        targets={to}
        target={target.target}
        people={people}
        chosen={chosen?.id ?? null}
        choose={(person) => void navigate({ search: (before) => ({ ...before, person }), replace: true })}
        add={() => edit({ index: null, row: newRow(sample.data?.rules[target.target]) })}
      />
      {sample.error !== null && <ProblemNotice error={sample.error} retry={() => void sample.refetch()} />}
      {!tries && (
        <div className="notice">
          <strong>Without a preview</strong>
          <p>Trying a mapping shows values of real people, so it {needsToken('values', 'configure')}.</p>
        </div>
      )}
      {preview !== null && !preview.ok && editing === null && (
        <div className="notice" data-tone="bad">
          <strong>This mapping cannot be run</strong>
          <p>{preview.message}</p>
        </div>
      )}
      {stored !== null && !draft.dirty && chosen !== undefined && (
        <StoredNotice
          version={stored.version}
          people={[...synced].filter((one) => one.startsWith(`${stored.version} `)).length}
          scheduled={Array.isArray(schedules) && schedules.length > 0}
          name={shown ? chosen.name : 'this person'}
          sync={may('run') && may('values') ? () => setSyncing(chosen.id) : null}
        />
      )}
      <MappingTable
        target={target}
        place={to.indexOf(target)}
        ends={ends}
        person={at === -1 ? undefined : ends[at]?.[target.target]}
        personName={chosen === undefined ? null : shown ? chosen.name : hiddenName(chosen.id)}
        stale={live.stale}
        ms={live.ms}
        stopped={live.stopped}
        people={people.length}
        waits={sample.isLoading}
        problems={problems}
        edit={(index) => {
          const row = target.attributes[index];
          if (row !== undefined) edit({ index, row });
        }}
        remove={remove}
      />
      {editing !== null && (
        <RowEditor
          editing={editing}
          change={(row) => setEditing({ ...editing, row })}
          rules={sample.data?.rules[target.target]}
          rows={target.attributes}
          held={held}
          target={target.target}
          place={`connector.to[${to.indexOf(target)}].attributes[${editing.index ?? target.attributes.length}]`}
          offers={offers}
          sampled={people}
          live={live}
          reads={preview?.ok ? preview.reads : []}
          paths={sample.data?.paths ?? []}
          reread={(paths) => setAlso([...new Set([...also, ...paths])])}
          chosen={at}
          problems={problems}
          close={() => {
            setEditing(null);
            draft.leave();
          }}
          keep={() => {
            put(editing);
            setEditing(null);
          }}
          canSave={may('configure') && draft.base.managedBy === 'api'}
          save={async (thenSync) => {
            const saved = await save({
              definition: withRows(definition, target.target, (rows) => withRow(rows, editing)),
            });
            setEditing(null);
            if (saved !== null && thenSync && chosen !== undefined) setSyncing(chosen.id);
          }}
          personName={chosen === undefined ? null : shown ? chosen.name : 'this person'}
          valueNow={chosen === undefined ? null : valueAt(ends[at]?.[target.target], attributeOf(editing.row))}
        />
      )}
      {syncing !== null && (
        <SyncPerson
          connector={id}
          person={syncing}
          label={sample.data?.people.find(({ person }) => person === syncing)?.label ?? null}
          wrote={() => setSynced(new Set([...synced, `${draft.base.version} ${syncing}`]))}
          close={() => setSyncing(null)}
        />
      )}
      {settings !== null && <WhatIfPanel id={id} mapping={settings} />}
      <Commands
        lines={[
          'attune config export > attune.yaml',
          `attune what-if ${id} --document attune.yaml`,
          ...(chosen === undefined ? [] : [`attune explain ${id} ${chosen.id}`]),
          curl('GET', `/api/connectors/${id}`),
        ]}
      />
    </>
  );
};
