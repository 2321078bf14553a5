import { type Matcher, RE2JS } from 're2js';

/** A regular expression whose time is linear in the text, whatever the text is. Throws on what RE2 does not support. */
export const linearRegex = (source: string, flags = ''): RE2JS =>
  RE2JS.compile(
    source,
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0),
  );

/** JSONata's regex literals run on this engine instead of the language's own, which backtracks without bound. */
export const linearRegexEngine: RegExpConstructor = new Proxy(RegExp, {
  construct: (_target, [pattern]: [RegExp]) => linearTwin(pattern),
});

const compiled = new WeakMap<RegExp, RE2JS>();

const linearTwin = (pattern: RegExp): RegExp => {
  const regex = compiled.get(pattern) ?? linearRegex(pattern.source, pattern.flags);
  compiled.set(pattern, regex);
  const twin = new RegExp(pattern.source, pattern.flags);
  twin.exec = (text) => {
    const matcher = regex.matcher(text);
    if (twin.lastIndex > text.length || !matcher.find(twin.lastIndex)) {
      twin.lastIndex = 0;
      return null;
    }
    twin.lastIndex = matcher.end();
    return found(matcher, text);
  };
  return twin;
};

const found = (matcher: Matcher, text: string): RegExpExecArray => {
  const all = matcher.group() ?? '';
  const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1) ?? '');
  return Object.assign([all, ...groups] satisfies [string, ...string[]], {
    0: all,
    index: matcher.start(),
    input: text,
  });
};
