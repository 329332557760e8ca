import { deviceOf, type Shadow } from '../fs/shadows.ts'
import type { Program, Run } from '../processes/run.ts'
import { lines } from './format.ts'

const HEAD = lines(
  'vssadmin 1.1 - Volume Shadow Copy Service administrative command-line tool',
  '(C) Copyright 2001-2013 Microsoft Corp.',
  '',
)

/** vssadmin create shadow /for=C: (on servers), list shadows [/shadow={ID}], delete shadows /shadow={ID} /quiet. Its other commands are not implemented. */
export const vssadmin: Program = async run => {
  const [verb = '', what = ''] = run.args.map(arg => arg.toLowerCase())
  const after = (name: string) => run.args.find(arg => arg.toLowerCase().startsWith(`/${name}=`))?.slice(name.length + 2)
  const fail = (text: string) => {
    run.print(HEAD + lines(`Error: ${text}`))
    return 2
  }
  const id = after('shadow')
  if (verb === 'create' && what === 'shadow' && run.machine.seed.profile.role === 'server') {
    const shadow = await create(run, after('for') ?? '')
    if (shadow === undefined) return fail('Either the specified volume was not found or it is not a local volume.')
    const { drive } = shadow
    run.print(
      HEAD +
        lines(
          `Successfully created shadow copy for '${drive}\\'`,
          `    Shadow Copy ID: ${shadow.id}`,
          `    Shadow Copy Volume Name: ${deviceOf(shadow)}`,
        ),
    )
    return 0
  }
  if (verb === 'list' && what === 'shadows') {
    const found = (await run.machine.look(({ shadows }) => [...shadows.all])).filter(shadow => id === undefined || shadow.id === id)
    if (found.length === 0) return fail('No items found that satisfy the query.')
    run.print(HEAD + found.map(shadow => described(run, shadow)).join(''))
    return 0
  }
  if (verb === 'delete' && what === 'shadows' && id !== undefined) {
    const isGone = await run.machine.change(({ shadows }) => shadows.remove(id))
    if (!isGone) return fail('The specified shadow copy was not found.')
    run.print(HEAD + lines('Successfully deleted 1 shadow copies.'))
    return 0
  }
  return fail('Invalid command.')
}

/** wmic shadowcopy call create Volume=C:\. Nothing else of it is implemented. */
export const wmic: Program = async run => {
  const [alias = '', verb = '', method = '', volume = ''] = run.args
  if ([alias, verb, method].join(' ').toLowerCase() !== 'shadowcopy call create') {
    run.complain(`${alias} - Alias not found.\n`)
    return 44_135
  }
  const shadow = await create(run, /^volume=(.*)$/i.exec(volume)?.[1] ?? '')
  run.print(
    lines(
      'Executing (Win32_ShadowCopy)->create()',
      'Method execution successful.',
      'Out Parameters:',
      'instance of __PARAMETERS',
      '{',
      `\tReturnValue = ${shadow === undefined ? 3 : 0};`,
      ...(shadow === undefined ? [] : [`\tShadowID = "${shadow.id}";`]),
      '};',
    ),
  )
  return 0
}

/** @param volume `C:` or `C:\`; undefined where there is no such volume */
async function create({ machine }: Run, volume: string): Promise<Shadow | undefined> {
  const drive = volume.toUpperCase().replace(/\\$/, '')
  if (!Object.hasOwn(machine.seed.profile.volumes, drive)) return undefined
  return await machine.change(({ shadows }) => shadows.create(drive, `{${machine.random.uuid().toUpperCase()}}`))
}

function described({ machine: { seed } }: Run, shadow: Shadow): string {
  const { name, dnsSuffix } = seed.profile
  return lines(
    `Contents of shadow copy set ID: ${shadow.id}`,
    `   Contained 1 shadow copies at creation time: ${new Date(shadow.created).toISOString().slice(0, 19).replace('T', ' ')}`,
    `      Shadow Copy ID: ${shadow.id}`,
    `         Original Volume: (${shadow.drive})`,
    `         Shadow Copy Volume: ${deviceOf(shadow)}`,
    `         Originating Machine: ${name}${dnsSuffix === '' ? '' : `.${dnsSuffix}`}`,
    "         Provider: 'Microsoft Software Shadow Copy provider 1.0'",
    '         Type: ClientAccessible',
    '',
  )
}
