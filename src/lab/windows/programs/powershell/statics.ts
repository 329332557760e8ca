import { decodeBase64, ENCODING, encodingOf } from './encodings.ts'
import type { Context } from './context.ts'
import { invalid } from './errors.ts'
import { castTo, operate } from './operators.ts'
import { readBytes, readText, writeBytes } from './text-files.ts'
import { listOf, numberOf, object, text, type Value } from './values.ts'

/** Returns `[Type]::Member`. @param type in lower case, without `System.` @throws PsError */
export function staticMember({ run }: Context, type: string, name: string): Value {
  const { profile } = run.machine.seed
  const members: Record<string, () => Value> = {
    'datetime::now': () => new Date(run.machine.clock.now()),
    'datetime::utcnow': () => new Date(run.machine.clock.now()),
    'datetime::today': () => castTo('datetime', new Date(run.machine.clock.now()).toISOString().slice(0, 10)),
    'environment::machinename': () => profile.name,
    'environment::username': () => 'SYSTEM',
    'environment::userdomainname': () => 'NT AUTHORITY',
    'environment::osversion': () =>
      object(
        'System.OperatingSystem',
        { VersionString: `Microsoft Windows NT 10.0.${profile.os.build}.0`, Version: `10.0.${profile.os.build}.0` },
        `Microsoft Windows NT 10.0.${profile.os.build}.0`,
      ),
    'environment::newline': () => '\r\n',
    'environment::currentdirectory': () => run.directory,
    'environment::is64bitoperatingsystem': () => true,
    'string::empty': () => '',
    'math::pi': () => Math.PI,
    'int::maxvalue': () => 2_147_483_647,
    'int32::maxvalue': () => 2_147_483_647,
  }
  const found = members[`${type}::${name.toLowerCase()}`]
  if (found !== undefined) return found()
  if (/^(text\.)?encoding$/.test(type)) return object(ENCODING, { Name: encodingOf(name) }, name)
  known(type)
  return name
}

type Static = (context: Context, args: Value[]) => Value | Promise<Value>

const CALLS: Record<string, Static> = {
  'convert::tobase64string': (_, [bytes]) => Buffer.from(listOf(bytes).map(one => numberOf(one))).toString('base64'),
  'convert::frombase64string': (_, [encoded]) => decodeBase64(text(encoded)),
  'convert::toint32': (_, [value, base]) => (base === undefined ? castTo('int', value ?? null) : parseInt(text(value), numberOf(base))),
  'convert::tostring': (_, [value, base]) => (base === undefined ? text(value) : numberOf(value).toString(numberOf(base))),
  'string::isnullorempty': (_, [value]) => text(value) === '',
  'string::isnullorwhitespace': (_, [value]) => text(value).trim() === '',
  'string::join': (_, [by, ...values]) => values.flatMap(listOf).map(text).join(text(by)),
  'string::format': (_, [pattern, ...values]) => operate('f', text(pattern), values),
  'math::round': (_, [value, digits]) => Number(numberOf(value).toFixed(Math.min(15, numberOf(digits ?? 0)))),
  'math::floor': (_, [value]) => Math.floor(numberOf(value)),
  'math::ceiling': (_, [value]) => Math.ceil(numberOf(value)),
  'math::abs': (_, [value]) => Math.abs(numberOf(value)),
  'math::max': (_, [a, b]) => Math.max(numberOf(a), numberOf(b)),
  'math::min': (_, [a, b]) => Math.min(numberOf(a), numberOf(b)),
  'datetime::parse': (_, [value]) => castTo('datetime', value ?? null),
  'guid::newguid': ({ run }) => run.machine.random.uuid(),
  'environment::getenvironmentvariable': ({ run }, [name]) => run.environment.get(text(name)) ?? null,
  'environment::getfolderpath': (_, [name]) =>
    ({
      system: 'C:\\Windows\\system32',
      windows: 'C:\\Windows',
      programfiles: 'C:\\Program Files',
      commonapplicationdata: 'C:\\ProgramData',
    })[text(name).toLowerCase()] ?? '',
  'environment::exit': async (context, [code]) => {
    context.set('global:exitcode', code ?? 0)
    return null
  },
  'io.file::exists': ({ run }, [path]) =>
    run.machine.look(({ files }) => files.tryFind(text(path), run.directory)?.place.node.body !== undefined),
  'io.directory::exists': ({ run }, [path]) =>
    run.machine.look(({ files }) => {
      const node = files.tryFind(text(path), run.directory)?.place.node
      return node !== undefined && node.body === undefined
    }),
  'io.file::readalltext': ({ run }, [path]) => readText(run, text(path)),
  'io.file::readallbytes': ({ run }, [path]) => readBytes(run, text(path)),
  'io.file::readalllines': async ({ run }, [path]) => (await readText(run, text(path))).split(/\r?\n/),
  'io.file::writealltext': async ({ run }, [path, value]) => {
    await writeBytes(run, text(path), Buffer.from(text(value)))
    return null
  },
  'io.file::writeallbytes': async ({ run }, [path, bytes]) => {
    await writeBytes(run, text(path), Buffer.from(listOf(bytes).map(one => numberOf(one))))
    return null
  },
  'io.file::delete': async ({ run }, [path]) => {
    await run.machine.change(({ files }) => files.delete(text(path), run.directory))
    return null
  },
  'io.path::combine': (_, parts) => parts.map(text).reduce((whole, part) => `${whole.replace(/\\$/, '')}\\${part}`),
  'io.path::getfilename': (_, [path]) => text(path).replace(/^.*\\/, ''),
  'io.path::gettemppath': ({ run }) => `${run.environment.get('TEMP') ?? ''}\\`,
  'io.path::getextension': (_, [path]) => /\.[^.\\]*$/.exec(text(path))?.[0] ?? '',
  'io.path::getdirectoryname': (_, [path]) => text(path).replace(/\\[^\\]*$/, ''),
}

/** Calls `[Type]::Method(…)`. @param type in lower case, without `System.` @throws PsError */
export async function callStatic(context: Context, type: string, name: string, args: Value[]): Promise<Value> {
  const found = CALLS[`${type}::${name.toLowerCase()}`]
  if (found !== undefined) return found(context, args)
  if (/^(text\.)?encoding$/.test(type) && /^getencoding$/i.test(name))
    return object(ENCODING, { Name: encodingOf(text(args[0])) }, text(args[0]))
  known(type)
  throw invalid(`Method invocation failed because [${type}] does not contain a method named '${name}'.`, 'MethodNotFound')
}

/** @throws PsError when there is no such type here */
function known(type: string): void {
  if (
    [...Object.keys(CALLS), 'datetime::', 'environment::', 'text.encoding::', 'int::', 'timespan::'].some(name =>
      name.startsWith(`${type}::`),
    )
  )
    return
  castTo(type, null)
}
