import type { Cmdlet } from '../cmdlet.ts'
import { CIM } from './cim.ts'
import { ITEMS } from './items.ts'
import { KEYS } from './keys.ts'
import { OUTPUT } from './output.ts'
import { PIPELINE } from './pipeline.ts'
import { PROCESSES } from './processes.ts'
import { SYSTEM } from './system.ts'

const ALIASES = `
  ?=Where-Object where=Where-Object %=ForEach-Object foreach=ForEach-Object select=Select-Object sort=Sort-Object group=Group-Object measure=Measure-Object sls=Select-String
  ft=Format-Table fl=Format-List epcsv=Export-Csv ipcsv=Import-Csv echo=Write-Output write=Write-Output oh=Out-Host sleep=Start-Sleep sc=Set-Content ac=Add-Content
  ps=Get-Process gps=Get-Process kill=Stop-Process spps=Stop-Process start=Start-Process saps=Start-Process gsv=Get-Service spsv=Stop-Service
  ls=Get-ChildItem dir=Get-ChildItem gci=Get-ChildItem gi=Get-Item gp=Get-ItemProperty gpv=Get-ItemPropertyValue sp=Set-ItemProperty rp=Remove-ItemProperty
  cat=Get-Content gc=Get-Content type=Get-Content rm=Remove-Item del=Remove-Item ri=Remove-Item erase=Remove-Item rd=Remove-Item rmdir=Remove-Item md=New-Item mkdir=New-Item ni=New-Item
  cp=Copy-Item copy=Copy-Item cpi=Copy-Item mv=Move-Item move=Move-Item mi=Move-Item ren=Rename-Item rni=Rename-Item pwd=Get-Location gl=Get-Location cd=Set-Location chdir=Set-Location sl=Set-Location
  gcim=Get-CimInstance gwmi=Get-WmiObject rvpa=Resolve-Path sv=Set-Variable
`

const ALL = [...PIPELINE, ...OUTPUT, ...ITEMS, ...KEYS, ...PROCESSES, ...SYSTEM, ...CIM]
const BY_NAME = new Map(ALL.map(cmdlet => [cmdlet.name.toLowerCase(), cmdlet]))

/** All cmdlets, by their names and aliases in lower case. */
export const CMDLETS: ReadonlyMap<string, Cmdlet> = new Map([
  ...BY_NAME,
  ...ALIASES.trim()
    .split(/\s+/)
    .flatMap(word => {
      const at = word.lastIndexOf('=')
      const cmdlet = BY_NAME.get(word.slice(at + 1).toLowerCase())
      return cmdlet === undefined ? [] : [[word.slice(0, at), cmdlet] as const]
    }),
])
