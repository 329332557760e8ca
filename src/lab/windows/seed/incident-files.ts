import { ATTRIBUTE } from '../fs/attributes.ts'
import { type FileSeed, textLines } from './file-seed.ts'
import { DAY, HOUR, MINUTE } from './hash.ts'
import { HOSTS } from './names.ts'
import { prefetchName } from './prefetch.ts'
import type { Profile } from './profile.ts'
import { ATTACKER } from './profiles.ts'
import { historyDatabase } from './sqlite.ts'
import { DOWNLOAD_URL, DROPPER_ORIGIN, DROPPER_SIZE, ROAMING_COPY, RUN_COPY, TASK, taskXml } from './story.ts'

const { HIDDEN, SYSTEM } = ATTRIBUTE
const HOME = 'C:\\Users\\j.moreau'

/** The traces of the attack on the finance computer's disks, and the finance department's own files. */
export function seedIncident(files: FileSeed, profile: Profile): void {
  const ago = (hours: number, minutes = 0) => profile.born - hours * HOUR - minutes * MINUTE
  finance(files, profile.born)
  downloads(files, ago)
  const dropper = { origin: DROPPER_ORIGIN, size: DROPPER_SIZE, attributes: HIDDEN | SYSTEM }
  files.file(RUN_COPY, { ...dropper, written: ago(3, 14) })
  files.directory(`${HOME}\\AppData\\Roaming\\Microsoft\\OneDriveSync`, { attributes: HIDDEN, written: ago(3, 12) })
  files.file(ROAMING_COPY, { ...dropper, written: ago(3, 12) })
  files.file(`${HOME}\\AppData\\Roaming\\Microsoft\\OneDriveSync\\config.dat`, { size: 1184, attributes: HIDDEN, written: ago(0, 9) })
  files.file(`C:\\Windows\\System32\\Tasks\\${TASK.name}`, {
    bytes: () =>
      taskXml({
        uri: `\\${TASK.name}`,
        author: TASK.author,
        command: ROAMING_COPY,
        arguments: '/background',
        start: new Date(ago(3, 11)).toISOString().slice(0, 19),
        user: 'S-1-5-18',
        hidden: true,
      }),
    written: ago(3, 11),
  })
  files.file('C:\\Windows\\System32\\drivers\\etc\\hosts', {
    text: `${HOSTS}127.0.0.1       definitionupdates.av-vendor.example\r\n${ATTACKER}    update.onedrivesync.example\r\n`,
    written: ago(3, 10),
  })
  traces(files, ago)
  recycled(files, profile, ago(3, 9))
}

type Ago = (hours: number, minutes?: number) => number

function finance(files: FileSeed, born: number): void {
  files.directory('D:\\Backup').file('D:\\Backup\\finance-2025.bak', { size: 1024 ** 3, written: born - 6 * DAY })
  files.file('D:\\Backup\\finance-2024.bak', { size: 734_003_200, written: born - 310 * DAY })
  files.many(
    'D:\\Finance',
    'Forecast-Q4.xlsx:1841203 Budget~2025.xlsx:922110 Budget~2024.xlsx:891022 Suppliers.xlsx:311200 ' +
      'Payroll~October.xlsx:402113 Payroll~September.xlsx:401871',
    { written: born - 3 * DAY },
  )
  files.many(
    'D:\\Finance\\Invoices\\2025',
    'INV-8790.pdf:88123 INV-8801.pdf:91002 INV-8817.pdf:87331 INV-8822.pdf:90118 INV-8830.pdf:92200',
    { written: born - 12 * DAY },
  )
  files.file('D:\\Finance\\bank-export.csv', {
    text: textLines(
      'date;account;amount;currency;text',
      '2025-10-28;4412;-1840.00;EUR;Rent',
      '2025-10-29;4412;22310.50;EUR;Customer 2201',
      '2025-10-30;4412;-311.20;EUR;Telecom',
    ),
    written: born - DAY,
  })
}

function downloads(files: FileSeed, ago: Ago): void {
  const zone = (host: string) => ({
    'Zone.Identifier': `[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://mail.corp.example/\r\nHostUrl=${host}\r\n`,
  })
  files.file(`${HOME}\\Downloads\\Invoice_8841.iso`, { size: 1_441_792, written: ago(3, 20), streams: zone(DOWNLOAD_URL) })
  files.file(`${HOME}\\Downloads\\Invoice_8841.docm`, { size: 61_004, written: ago(3, 18) })
  files.file(`${HOME}\\Downloads\\Invoice_8841.pdf.lnk`, { size: 2_331, written: ago(3, 18) })
  files.file(`${HOME}\\Downloads\\InvoiceViewer.exe`, {
    size: 152_576,
    written: ago(3, 17),
    streams: zone(`http://${ATTACKER}/InvoiceViewer.exe`),
  })
  files.file(`${HOME}\\Downloads\\open_invoice.js`, { text: SCRIPT, written: ago(3, 18), streams: zone(DOWNLOAD_URL) })
  files.file(`${HOME}\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\Invoice_8841.lnk`, { size: 1_122, written: ago(3, 16) })
  files.file(`${HOME}\\AppData\\Local\\Temp\\~DF8A41C2.tmp`, { size: 512, written: ago(3, 15) })
  files.file(`${HOME}\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\History`, {
    bytes: () => historyDatabase(visits(ago)),
    written: ago(0, 31),
  })
}

/** Inert: it only describes what a script of that kind would do. */
const SCRIPT = textLines(
  '// Invoice 8841',
  'var shell = WScript.CreateObject("WScript.Shell");',
  `var target = "http://${ATTACKER}/InvoiceViewer.exe";`,
  'WScript.Echo("Opening invoice ...");',
)

function visits(ago: Ago): { url: string; title: string; at: number }[] {
  return [
    { url: 'https://intranet.corp.example/', title: 'Intranet', at: ago(8, 40) },
    { url: 'https://mail.corp.example/owa/', title: 'Mail - Jeanne Moreau', at: ago(3, 24) },
    { url: 'https://files.secure-invoices.example/d/8841', title: 'Invoice 8841 - secure download', at: ago(3, 21) },
    { url: DOWNLOAD_URL, title: '', at: ago(3, 20) },
    { url: 'https://www.bank.example/login', title: 'Online banking', at: ago(2, 2) },
    { url: 'https://intranet.corp.example/helpdesk', title: 'Helpdesk: my computer is slow', at: ago(0, 31) },
  ]
}

function traces(files: FileSeed, ago: Ago): void {
  const prefetch = (path: string, at: number) =>
    files.file(`C:\\Windows\\Prefetch\\${prefetchName(path.slice(path.lastIndexOf('\\') + 1), path)}`, {
      size: 14_218 + path.length * 64,
      written: at,
    })
  prefetch(`${HOME}\\Downloads\\InvoiceViewer.exe`, ago(3, 16))
  prefetch(RUN_COPY, ago(3, 13))
  prefetch(ROAMING_COPY, ago(3, 11))
  prefetch('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', ago(3, 15))
}

/** A deleted script: `$R…` has its bytes, `$I…` its former path, its size and when it was deleted (format 2). */
function recycled(files: FileSeed, { user }: Profile, deleted: number): void {
  const bin = `C:\\$Recycle.Bin\\${user.sid}`
  const original = `${HOME}\\Downloads\\cleanup.bat`
  const content = `@echo off\r\nwevtutil cl Security\r\ndel /q "${HOME}\\Downloads\\InvoiceViewer.exe"\r\n`
  files.file(`${bin}\\$RK3QT1B.bat`, { text: content, written: deleted - 2 * MINUTE })
  files.file(`${bin}\\$IK3QT1B.bat`, { bytes: () => recycleInfo(original, content.length, deleted), written: deleted })
  files.file(`${bin}\\desktop.ini`, { size: 129, attributes: HIDDEN | SYSTEM })
}

function recycleInfo(path: string, size: number, deleted: number): Uint8Array {
  const info = Buffer.alloc(28 + (path.length + 1) * 2)
  info.writeBigUInt64LE(2n, 0)
  info.writeBigUInt64LE(BigInt(size), 8)
  info.writeBigUInt64LE((BigInt(deleted) + 11_644_473_600_000n) * 10_000n, 16)
  info.writeUInt32LE(path.length + 1, 24)
  info.write(path, 28, 'utf16le')
  return info
}
