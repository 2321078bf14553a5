import { useQuery } from '@tanstack/react-query';
import { changeKinds, type PlanPart } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { KindTable } from '../../widgets/tables/kind-table.tsx';
import { count, many } from '../../widgets/time.tsx';

/** The kinds of change of one attribute: what turns into what, for how many people. */
export const Kinds = ({ run, part }: { run: string; part: PlanPart }) => {
  const { target, attribute } = part;
  const kinds = useQuery({
    queryKey: ['run', run, 'kinds', target, attribute],
    queryFn: () => changeKinds(run, { target, attribute }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = kinds;
  return (
    <Panel
      title={`${plainName(attribute)} at ${target}: kinds of change`}
      aside={
        data !== undefined && <span className="muted small">{many(data.kinds.length + data.rest.kinds, 'kind')}</span>
      }
    >
      {kinds.isPending && <p className="body muted">Counting…</p>}
      {kinds.error !== null && <ProblemNotice error={kinds.error} retry={() => void kinds.refetch()} />}
      {data !== undefined && data.newValues.unknownToAttribute > 0 && (
        <p className="body">
          {data.newValues.unknownToAttribute === data.newValues.distinct
            ? `None of the ${many(data.newValues.distinct, 'new value')} is in ${plainName(attribute)} today.`
            : `${count(data.newValues.unknownToAttribute)} of ${many(data.newValues.distinct, 'new value')} do not occur in ${plainName(attribute)} today.`}
        </p>
      )}
      {data !== undefined && data.kinds.length === 0 && <Empty title="Nothing of this attribute would change" />}
      {data !== undefined && <KindTable kinds={data.kinds} rest={data.rest} />}
    </Panel>
  );
};
