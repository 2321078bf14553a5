import { lazy, Suspense } from 'react';
import type { Offer } from '../../preview/offers.ts';

const Editor = lazy(async () => ({ default: (await import('./expression-editor.tsx')).ExpressionEditor }));

/** An expression with its paths and functions at hand; its editor is loaded when one is first written. */
export const ExpressionBox = (props: {
  id: string;
  label: string;
  value: string;
  change: (text: string) => void;
  offers: readonly Offer[];
}) => (
  <Suspense fallback={<div className="input editor">{props.value}</div>}>
    <Editor {...props} />
  </Suspense>
);
