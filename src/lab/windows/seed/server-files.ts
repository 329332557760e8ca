import { type FileSeed, textLines } from './file-seed.ts'
import { DAY, HOUR } from './hash.ts'
import type { Profile } from './profile.ts'

/** The backup server's own program, its settings, logs and backups. */
export function seedServer(files: FileSeed, { born, installed }: Profile): void {
  const agent = 'C:\\Program Files\\BackupAgent'
  files.file(`${agent}\\bkagent.exe`, { size: 6_221_824, written: installed + 9 * DAY })
  files.file(`${agent}\\agent.ini`, {
    text: '[agent]\r\nschedule=02:00\r\ntarget=D:\\Backup\r\nretention_days=7\r\ncompression=on\r\n',
    written: installed + 12 * DAY,
  })
  for (let night = 1; night <= 7; night++) {
    const end = Math.floor(born / DAY) * DAY - night * DAY + 3 * HOUR
    const date = new Date(end).toISOString().slice(0, 10)
    files.file(`D:\\Backup\\full-${date}.bak`, { size: 805_306_368 + night * 1_048_576, created: end - HOUR, written: end })
    files.file(`C:\\ProgramData\\BackupAgent\\logs\\${date}.log`, {
      text: textLines(
        `${date} 02:00:00 INFO  start full backup to D:\\Backup`,
        `${date} 02:41:13 INFO  41 volumes read, 0 errors`,
        `${date} 03:00:00 INFO  done`,
      ),
      created: end - HOUR,
      written: end,
    })
  }
}
