import type * as z from 'zod';

type Schema = z.core.$ZodType;

/** Shapes with a name: where one is used inside another, its name is printed instead of its inside. */
export type NamedShapes = Map<Schema, string>;

const WIDTH = 100;
const indented = (text: string): string => text.replaceAll('\n', '\n  ');
const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

const enumKey = (def: z.core.$ZodTypes['_zod']['def']): string | undefined =>
  def.type === 'enum' ? Object.values(def.entries).join('|') : undefined;

/** A schema's name. Enums are told by their values, since `z.enum(names)` makes a new schema wherever it stands. */
const nameOf = (schema: Schema, named: NamedShapes): string | undefined => {
  const key = enumKey((schema as z.core.$ZodTypes)._zod.def);
  if (key === undefined) return named.get(schema);
  return [...named].find(([other]) => enumKey((other as z.core.$ZodTypes)._zod.def) === key)?.[1];
};

/** The limits that checks put on a value or on its length, as '(1..200)'; '' without any. */
const limitsText = (schema: Schema): string => {
  let low = '';
  let high = '';
  for (const check of schema._zod.def.checks ?? []) {
    const def = (check as z.core.$ZodChecks)._zod.def;
    if (def.check === 'greater_than') low = String(def.value);
    if (def.check === 'less_than') high = String(def.value);
    if (def.check === 'min_length') low = String(def.minimum);
    if (def.check === 'max_length') high = String(def.maximum);
  }
  return low || high ? `(${low}..${high})` : '';
};

const fieldText = (key: string, field: Schema, named: NamedShapes): string => {
  const { def } = (field as z.core.$ZodTypes)._zod;
  if (def.type === 'optional') return `${key}?: ${shapeText(def.innerType, named)}`;
  if (def.type === 'default') return `${key}?: ${shapeText(def.innerType, named)} = ${quoted(def.defaultValue)}`;
  return `${key}: ${shapeText(field, named)}`;
};

const fieldsText = (fields: [string, Schema][], named: NamedShapes): string => {
  if (fields.length === 0) return '{}';
  const texts = fields.map(([key, field]) => fieldText(key, field, named));
  const flat = `{ ${texts.join(', ')} }`;
  if (flat.length <= WIDTH && !flat.includes('\n')) return flat;
  return `{\n${texts.map((text) => `  ${indented(text)},\n`).join('')}}`;
};

/** A named shape all of whose fields this one shares: what `base.extend(...)` started from. */
const baseOf = (schema: z.core.$ZodObject, named: NamedShapes): z.core.$ZodObject | undefined => {
  const { shape } = schema._zod.def;
  return [...named.keys()]
    .map((other) => other as z.core.$ZodTypes)
    .filter((other) => other._zod.def.type === 'object' && other !== schema)
    .map((other) => other as z.core.$ZodObject)
    .find((other) => {
      const base = Object.entries(other._zod.def.shape);
      return base.length < Object.keys(shape).length && base.every(([key, field]) => shape[key] === field);
    });
};

const objectText = (schema: z.core.$ZodObject, named: NamedShapes): string => {
  const { shape } = schema._zod.def;
  const base = baseOf(schema, named);
  if (!base) return fieldsText(Object.entries(shape), named);
  const own = Object.entries(shape).filter(([key]) => !(key in base._zod.def.shape));
  return `${named.get(base)} & ${fieldsText(own, named)}`;
};

const unionText = (options: readonly Schema[], named: NamedShapes): string => {
  const texts = options.map((option) => shapeText(option, named));
  const flat = texts.join(' | ');
  if (flat.length <= WIDTH && !flat.includes('\n')) return flat;
  return texts.map((text) => `\n| ${indented(text)}`).join('');
};

const listText = (element: string, limits: string): string => {
  const one = element.includes(' | ') && !element.startsWith('{') ? `(${element})` : element;
  return `${one}[${limits.slice(1, -1)}]`;
};

/** A schema's inside, whether it has a name or not. Throws on kinds of schema that the contract has not used so far. */
export const insideText = (schema: Schema, named: NamedShapes): string => {
  const typed = schema as z.core.$ZodTypes;
  const { def } = typed._zod;
  switch (def.type) {
    case 'string': {
      const format = 'format' in def ? String(def.format) : 'string';
      return (format === 'datetime' ? 'time' : format) + limitsText(schema);
    }
    case 'number':
      return ('format' in def ? 'int' : 'number') + limitsText(schema);
    case 'boolean':
    case 'unknown':
    case 'null':
      return def.type;
    case 'literal':
      return def.values.map(quoted).join(' | ');
    case 'enum':
      return Object.values(def.entries).map(quoted).join(' | ');
    case 'array':
      return listText(shapeText(def.element, named), limitsText(schema));
    case 'record':
      return `{ [${shapeText(def.keyType, named)}]: ${shapeText(def.valueType, named)} }`;
    case 'object':
      return objectText(typed as z.core.$ZodObject, named);
    case 'union':
      return unionText(def.options, named);
    case 'nullable':
      return `${shapeText(def.innerType, named)} | null`;
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'catch':
      return shapeText(def.innerType, named);
    case 'pipe':
      return shapeText(def.in, named);
    case 'lazy':
      return shapeText(def.getter(), named);
    default:
      throw new Error(`build/shapeText.ts cannot print a zod '${def.type}' yet: teach it`);
  }
};

/** A schema in the notation that docs/contract.md explains: by name where it has one. */
export function shapeText(schema: Schema, named: NamedShapes): string {
  return nameOf(schema, named) ?? insideText(schema, named);
}

/** What a schema demands beyond its shape: the messages of its refinements. */
export const ruleTexts = (schema: Schema): string[] =>
  (schema._zod.def.checks ?? []).flatMap((check) => {
    const { def } = (check as z.core.$ZodCustom)._zod;
    if (def.check !== 'custom' || !def.error) return [];
    const message = def.error({ code: 'custom', input: undefined, path: [], message: '' });
    return typeof message === 'string' ? [message] : [];
  });
