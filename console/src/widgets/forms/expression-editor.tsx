import { autocompletion, type CompletionContext, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { askFlaws } from '../../preview/ask-flaws.ts';
import type { Offer } from '../../preview/offers.ts';
import './expression-editor.css';

/** JSONata, as far as colours go. */
const language = StreamLanguage.define({
  token: (stream) => {
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string';
    if (stream.match(/^\/(?:[^/\\]|\\.)+\/[a-z]*/)) return 'regexp';
    if (stream.match(/^\$[A-Za-z_]\w*/)) return 'keyword';
    if (stream.match(/^`[^`]*`?|^[A-Za-z_]\w*/)) return 'variableName';
    if (stream.match(/^\d+(?:\.\d+)?/)) return 'number';
    stream.next();
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: tags.string, class: 'tok-string' },
  { tag: tags.regexp, class: 'tok-string' },
  { tag: tags.keyword, class: 'tok-function' },
  { tag: tags.number, class: 'tok-number' },
]);

const functions = [
  ['$uppercase', 'in capitals'],
  ['$lowercase', 'in small letters'],
  ['$trim', 'without outer space'],
  ['$substringBefore', 'the part before a text'],
  ['$substringAfter', 'the part behind a text'],
  ['$substring', 'a part by its place'],
  ['$replace', 'one text for another'],
  ['$contains', 'whether a text is in it'],
  ['$split', 'its parts as a list'],
  ['$join', 'a list as one text'],
  ['$exists', 'whether there is a value'],
  ['$not', 'the opposite'],
  ['$is', 'whether two are the same, no value included'],
  ['$length', 'how long it is'],
  ['$string', 'as text'],
] as const;

/** Where an expression is wrong, by the parser every run uses. */
const flaws = linter(
  async (view) => {
    const text = view.state.doc.toString();
    if (text.trim() === '') return [];
    return (await askFlaws(text)).map(({ severity, message, remedy }): Diagnostic => {
      const at = Number(/character (\d+)/.exec(remedy)?.[1] ?? 0);
      const from = Math.min(Math.max(0, at - 1), Math.max(0, text.length - 1));
      return {
        from: at === 0 ? 0 : from,
        to: text.length,
        severity,
        message: `${message} ${remedy}`,
      };
    });
  },
  { delay: 150 },
);

/** The editor of an expression. */
export const ExpressionEditor = ({
  id,
  label,
  value,
  change,
  offers,
}: {
  id: string;
  label: string;
  value: string;
  change: (text: string) => void;
  offers: readonly Offer[];
}) => {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef({ change, offers });
  now.current = { change, offers };
  const first = useRef(value);

  useEffect(() => {
    if (place.current === null) return;
    const nonce = document.querySelector('script[nonce]');
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(/\$?[\w.`]*/);
      if (word === null || (word.from === word.to && !context.explicit)) return null;
      return {
        from: word.from,
        options: [
          ...now.current.offers.map(({ path, type }) => ({ label: path, detail: type, type: 'variable' })),
          ...functions.map(([name, detail]) => ({ label: name, detail, type: 'function', apply: `${name}(` })),
        ],
      };
    };
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(nonce instanceof HTMLElement ? nonce.nonce : ''),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ id, 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          history(),
          closeBrackets(),
          language,
          syntaxHighlighting(colours),
          autocompletion({ override: [complete], icons: false }),
          flaws,
          placeholder('$uppercase(jobTitle)'),
          // Tab leaves the editor: nobody is caught in it.
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current.change(update.state.doc.toString().replaceAll('\n', ' '));
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [id, label]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString().replaceAll('\n', ' ') === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div className="input editor" ref={place} />;
};
