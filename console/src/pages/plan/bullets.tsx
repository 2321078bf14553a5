import { Fragment } from 'react';
import { attributeRules, guardRules } from '../../../../src/core/plan/guard.ts';
import type { Plan } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { count } from '../../widgets/time.tsx';
import './bullets.css';

type Figure = Plan['figures'][number];

/** From here on a bar is cut: more than three times the limit tells no more by its length. */
const cutAt = 3;

/** Each figure of the guard against its limit, those that breach first; the numbers stand beside each bar. */
export const Bullets = ({ figures }: { figures: Plan['figures'] }) => (
  <div className="body bullet" role="list">
    {[...figures]
      .sort((a, b) => Number(b.breach) - Number(a.breach) || share(b) - share(a))
      .map((figure) => {
        const { rule, target, attribute, over, found, of, limit, breach } = figure;
        // A figure of several runs that this one does not push over its limit, or that is judged above already.
        const isOver = !breach && found > limit;
        const tone = breach ? 'bad' : isOver ? 'warn' : 'ok';
        const most = Math.min(share(figure), cutAt) / cutAt;
        return (
          <Fragment key={`${rule} ${target} ${attribute} ${over}`}>
            <span role="listitem">
              {wordsOf(rule)}
              {attribute === null ? '' : ` of ${plainName(attribute)}`}
              <span className="muted">
                {target === null ? '' : ` · ${target}`}
                {over == null ? '' : ` · within ${over}`}
              </span>
            </span>
            <svg viewBox="0 0 300 16" preserveAspectRatio="none" aria-hidden="true">
              <rect width="300" height="16" rx="3" fill="var(--sunken)" />
              <rect width={Math.max(found === 0 ? 0 : 2, most * 300)} height="16" rx="3" fill={`var(--${tone})`} />
              <rect x="100" width="2" height="16" fill="var(--text)" />
              {share(figure) > cutAt && <path d="M282 0l6 16M290 0l6 16" stroke="var(--surface)" strokeWidth="2" />}
            </svg>
            <span className="number">
              <span className="state" data-tone={tone}>
                {count(found)} of {count(of)}
              </span>{' '}
              <span className="muted">
                {count(limit)} pass{breach && limit > 0 ? `, ${Math.round(share(figure) * 10) / 10} times over` : ''}
                {isOver ? ', over already' : ''}
              </span>
            </span>
          </Fragment>
        );
      })}
  </div>
);

const share = ({ found, limit }: Figure): number => (limit === 0 ? (found === 0 ? 0 : cutAt + 1) : found / limit);

const wordsOf = (rule: Figure['rule']): string => {
  const words: Readonly<Record<string, { readonly counts: string }>> = {
    ...guardRules,
    'perAttribute.changed': { ...attributeRules.changed, counts: guardRules.changedPeople.counts },
    'perAttribute.cleared': { ...attributeRules.cleared, counts: guardRules.clearedPeople.counts },
  };
  return words[rule]?.counts ?? rule;
};
