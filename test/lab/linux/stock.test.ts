import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stockDirectory } from '../../../src/lab/linux/stock.ts'
import { BORN, freshFolder, openLab } from './support.ts'

it('the stock files fill a missing directory at the first command, and not before', async () => {
  const lab = await openLab()
  expect(await readdir(lab.outside)).toEqual([])
  const { files = [] } = await lab.run({ name: 'directory list', path: '/' })
  expect(files.map(file => file.filename)).toEqual(['.', '..', 'etc', 'home', 'opt', 'root', 'tmp', 'var'])
  expect(await readdir(lab.outside)).toEqual(['disk'])
  expect((await lab.get('/etc/hostname')).toString()).toBe('lnx-web-01\n')
  expect(lab.document.json()).toContain('"stocked":true')
})

it('the stock files fill an empty directory, but not again after it was emptied on purpose', async () => {
  const disk = await freshFolder()
  const first = await openLab({ disk })
  await first.get('/etc/passwd')
  for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true })
  const later = await openLab({ disk, document: first.document })
  expect((await later.run({ name: 'directory list', path: '/' })).files).toHaveLength(2)
})

it('the stock files are not added to a directory that contains something', async () => {
  const disk = await freshFolder()
  await mkdir(join(disk, 'mine'))
  await (await openLab({ disk })).run({ name: 'process list' })
  expect(await readdir(disk)).toEqual(['mine'])
})

it('the stock files are complete when several processes write them at once', async () => {
  const folder = await freshFolder()
  await Promise.all([1, 2, 3].map(() => stockDirectory(join(folder, 'disk'), BORN)))
  expect(await readdir(folder)).toEqual(['disk'])
  expect(await readdir(join(folder, 'disk'))).toHaveLength(6)
})

it('the stock files are ready for a second command during the first, and after a failure', async () => {
  const lab = await openLab()
  const [one, two] = await Promise.all([lab.get('/etc/hosts'), lab.get('/etc/passwd')])
  expect(one.length * two.length).toBeGreaterThan(0)
  const folder = await freshFolder()
  await writeFile(join(folder, 'file'), '')
  const blocked = await openLab({ disk: join(folder, 'file', 'disk') })
  await expect(blocked.get('/etc/hosts')).rejects.toThrow()
  await rm(join(folder, 'file'))
  expect((await blocked.get('/etc/hosts')).length).toBeGreaterThan(0)
})

it('the stock files tell a consistent story', async () => {
  const lab = await openLab()
  const text = async (path: string): Promise<string> => (await lab.get(path)).toString()
  const shell = (await lab.run({ name: 'directory list', path: '/var/www/shop/uploads/.thumb*' })).files?.[0]
  expect(shell?.attributes).toEqual(['HIDDEN', 'ARCHIVE'])
  const access = await text('/var/log/nginx/access.log')
  const [from] = /^\S+(?= .*POST \/uploads\/\.thumb_cache\.php)/m.exec(access) ?? []
  expect(await text('/var/log/auth.log')).toContain(`Accepted password for mara from ${from} `)
  const job = /\/bin\/sh -c '(\S+)/.exec(await text('/etc/cron.d/php-sessions'))?.[1] ?? ''
  expect(await text(job)).toContain(from)
  expect(await text('/home/mara/.ssh/authorized_keys')).toMatch(/^(ssh-ed25519 \S+ \S+\n){2}$/)
  expect(await text('/home/mara/site/index.php')).toContain('<?php')
  expect((await stat(join(lab.disk, 'home/mara/.ssh/authorized_keys'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(lab.disk, 'home/mara'))).mtimeMs).toBe(BORN - 2 * 86_400_000)
  // Everything happened before the lab was created, in the order of the lines.
  const times = [...(await text('/var/log/auth.log')).matchAll(/^\S+Z/gm)].map(([time]) => Date.parse(time))
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(Math.max(...times)).toBeLessThan(BORN)
  expect(access).toMatch(/\[14\/Mar\/2026:\d\d:\d\d:\d\d \+0000\]/)
  expect(await readFile(join(lab.disk, 'etc/passwd'), 'utf8')).toContain('support:x:0:')
})
