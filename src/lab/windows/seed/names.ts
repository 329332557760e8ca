/** Names of what comes with Windows, separated by blanks; sizes and times are derived from the names. */

export const SYSTEM32_EXES = `
  cmd.exe:289792 conhost.exe:867840 csrss.exe:17624 lsass.exe:59928 services.exe:719768 smss.exe:154416 svchost.exe:57368
  wininit.exe:418048 winlogon.exe:907776 fontdrvhost.exe:827408 dwm.exe:96768 sihost.exe:123904 taskhostw.exe:98920
  RuntimeBroker.exe:104504 spoolsv.exe:812544 SearchIndexer.exe:870912 dllhost.exe:21312 ctfmon.exe:10752
  SecurityHealthService.exe:1064432 SgrmBroker.exe:329504 audiodg.exe:568832 whoami.exe:73728 HOSTNAME.EXE:14336 ipconfig.exe:35840
  esentutl.exe:409600 vssadmin.exe:148992 sethc.exe:109056 wevtutil.exe:278016 ARP.EXE:26624 getmac.exe:88064 nslookup.exe:88576 query.exe:20480 quser.exe:26624
  tasklist.exe:106496 taskkill.exe:100352 PING.EXE:22528 net.exe:59904 net1.exe:183808 NETSTAT.EXE:39936 systeminfo.exe:110592
  schtasks.exe:235008 sc.exe:72192 reg.exe:77312 certutil.exe:1651712 findstr.exe:35840 find.exe:17920 timeout.exe:32768 attrib.exe:21504
  more.com:29696 chcp.com:14848 sort.exe:26112 where.exe:43520 notepad.exe:201216 calc.exe:27648 mspaint.exe:980992 mmc.exe:1872896 taskmgr.exe:1205760
  regedt32.exe:10240 msiexec.exe:69632 rundll32.exe:71680 userinit.exe:35840 LogonUI.exe:13312 consent.exe:181656 mstsc.exe:1482240
  wuauclt.exe:109056 UsoClient.exe:47616 wscript.exe:170496 cscript.exe:161280 mshta.exe:14848 regsvr32.exe:24064
`

export const SYSTEM32_DLLS = `
  aclui activeds adsldpc advapi32 amsi apphelp appidapi atl audioses authz avicap32 avifil32 avrt batmeter bcd bcrypt bcryptprimitives
  bitsproxy browcli cabinet certcli certenroll cfgmgr32 clbcatq clusapi cmdext cmutil colorui combase comctl32 comdlg32 compstui comres
  comsvcs coremessaging CoreUIComponents credui crypt32 cryptbase cryptdll cryptnet cryptsp cryptui cscapi d2d1 d3d10 d3d10core d3d11
  d3d12 d3d9 d3dcompiler_47 davclnt dbgcore dbghelp dcomp ddraw devobj dhcpcore dhcpcsvc dhcpcsvc6 dinput8 dnsapi dnsrslvr dpapi drvstore
  dsound dsreg dssenh duser dwmapi dwmcore DWrite dxgi edputil efsutil es eventlog evr ExplorerFrame fastprox faultrep feclient fltLib
  FirewallAPI fontext FWPUCLNT fwbase gdi32 gdi32full gpapi gpedit gpsvc hal hhsetup hid httpapi ieframe iertutil imagehlp imm32 inetcomm
  inseng iphlpapi IPHLPSVC itss jscript jscript9 kerberos kernel32 KernelBase ksuser ktmw32 linkinfo loadperf localspl logoncli lsasrv
  magnification mapi32 mf mfplat mlang mmdevapi mpr mprapi msacm32 msasn1 mscms mscoree MSCTF msdelta msdrm msdtcprx msftedit mshtml msi
  msimg32 msisip mspatcha msscript mstask msv1_0 msvcp110_win msvcp_win msvcrt msvfw32 mswsock msxml3 msxml6 ncrypt ncryptprov ndfapi
  netapi32 netcfgx netlogon netmsg netprofm netshell netutils newdev ninput nlaapi normaliz npmproxy nsi ntasn1 ntdll ntdsapi ntlanman
  ntmarta ntshrui objsel odbc32 offreg ole32 oleacc oleaut32 oledlg olepro32 onex osbaseln pautoenr pcacli pdh perfos photowiz pidgenx
  playsndsrv pnrpnsp policymanager polstore powrprof prntvpt profapi profsvc propsys provsvc psapi qmgr query rasapi32 rasman reagent
  regapi resutils riched20 riched32 rpcrt4 rpcss rsaenh rtm rtutils samcli samlib samsrv scecli schannel schedsvc scrrun sechost secur32
  security sendmail sensapi SensorsApi setupapi sfc sfc_os shcore shdocvw shell32 shlwapi shsvcs slc slwga snmpapi spoolss srclient srvcli
  sspicli sspisrv sti stobject sxs sysclass SysFxUI taskschd tapi32 tbs tdh themeui threadpoolwinrt tquery traffic twinapi twinapi.appcore
  txfw32 ubpm ucrtbase uiautomationcore umpnpmgr upnp urlmon user32 userenv usp10 uxtheme vaultcli version vssapi wbemcomn wdi webio
  webservices wer wevtapi wevtsvc wiaservc win32k wincorlib windows.storage WindowsCodecs wininet winmm winnsi winscard winspool winsta
  wintrust wkscli wlanapi wldap32 wldp wmi wmiclnt wpdshext ws2_32 wscapi wsecedit wshbth wsock32 wtsapi32 wuapi wuaueng wups xmllite
  xolehlp
`

export const DRIVERS = `
  1394ohci acpi acpiex acpipagr afd agilevpn ahcache amdk8 appid arcsas asyncmac atapi bam basicdisplay basicrender battc beep bindflt
  bowser bthenum bthport BTHUSB cdd cdfs cdrom CEA cimfs CLFS clipsp cmimcext CmBatt cng compbatt condrv crashdmp csc dam dfsc disk dmvsc
  drmk drmkaud dumpfve dxgkrnl dxgmms1 dxgmms2 e1i65x64 EhStorClass exfat fastfat fdc filecrypt fileinfo filetrace fltMgr fsdepends fs_rec
  fvevol gpuenergydrv hdaudbus HdAudio hidbth hidclass hidusb http hvservice hwpolicy i8042prt iaStorAV intelppm iorate ipfltdrv ipnat
  kbdclass kbdhid ks ksecdd ksecpkg ksthunk lltdio luafv mlx4_bus mmcss modem monitor mouclass mouhid mountmgr mpsdrv mrxdav mrxsmb
  mrxsmb20 msfs msisadrv msiscsi mskssrv mslldp mssmbios mup ndis ndiscap ndistapi ndisuio ndiswan netbios netbt netio npfs nsiproxy ntfs
  null nwifi pacer partmgr pci pciide pcw pdc portcls processr qwavedrv rasacd rasl2tp rdbss rdpbus rdpdr rdyboost refs rspndr sdbus
  serenum serial sfloppy spaceport srv2 srvnet storahci stornvme storport tcpip tdi tdx termdd tpm tunnel udfs umbus usbccgp usbehci
  usbhub UsbHub3 USBSTOR USBXHCI vdrvroot vhdmp volmgr volmgrx volsnap volume vwifibus wanarp watchdog wcifs WdFilter Wdf01000 WdNisDrv
  werkernel wfplwfs winhvr winusb wmiacpi wof ctifile ctinet
`

export const EVENT_LOGS = `
  Application:5312512 Security:20975616 System:6361088 Setup:1052672 HardwareEvents Internet~Explorer Key~Management~Service
  Windows~PowerShell:1118208 Microsoft-Windows-AppLocker%4EXE~and~DLL Microsoft-Windows-Bits-Client%4Operational:1052672
  Microsoft-Windows-CodeIntegrity%4Operational Microsoft-Windows-Dhcp-Client%4Admin Microsoft-Windows-DNS-Client%4Operational
  Microsoft-Windows-GroupPolicy%4Operational:4198400 Microsoft-Windows-Kernel-PnP%4Configuration
  Microsoft-Windows-NetworkProfile%4Operational Microsoft-Windows-Ntfs%4Operational:2166784
  Microsoft-Windows-Partition%4Diagnostic:1052672 Microsoft-Windows-PowerShell%4Operational:2166784 Microsoft-Windows-PrintService%4Admin
  Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational Microsoft-Windows-SMBServer%4Security
  Microsoft-Windows-SmbClient%4Connectivity Microsoft-Windows-TaskScheduler%4Operational:3215360
  Microsoft-Windows-TerminalServices-LocalSessionManager%4Operational:1052672 Microsoft-Windows-User~Profile~Service%4Operational
  Microsoft-Windows-VHDMP-Operational Microsoft-Windows-WMI-Activity%4Operational:1052672
  Microsoft-Windows-Windows~Defender%4Operational:1118208 Microsoft-Windows-WindowsUpdateClient%4Operational
  Microsoft-Windows-Winlogon%4Operational
`

export const FONTS = `
  arial arialbd arialbi ariali ariblk bahnschrift calibri calibrib calibrii calibril calibriz cambriab cambriai cambriaz candara candarab
  comic comicbd consola consolab consolai consolaz constan constanb corbel corbelb cour courbd courbi couri ebrima framd gabriola gadugi
  georgia georgiab himalaya impact Inkfree javatext LeelawUI lucon l_10646 malgun micross mmrtext monbaiti msyi mvboli Nirmala ntailu pala
  palab phagspa segoepr segoesc segoeui segoeuib segoeuii segoeuil segoeuisl seguiemj seguihis seguisym simsunb sylfaen symbol tahoma
  tahomabd taile times timesbd timesi trebuc trebucbd verdana verdanab webdings wingding
`

export const PREFETCHED = `
  AUDIODG BACKGROUNDTASKHOST CHROME CMD COMPATTELRUNNER CONHOST CONSENT CSRSS CTFMON DASHOST DEFRAG DLLHOST DWM EXCEL EXPLORER FILECOAUTH
  FONTDRVHOST LOGONUI MICROSOFTEDGEUPDATE MOBSYNC MPCMDRUN MSCORSVW MSIEXEC NET NET1 NGEN NOTEPAD ONEDRIVE OUTLOOK PING POWERSHELL
  RUNDLL32 RUNTIMEBROKER SEARCHAPP SEARCHFILTERHOST SEARCHINDEXER SEARCHPROTOCOLHOST SHELLEXPERIENCEHOST SIHOST SMARTSCREEN SPPSVC
  STARTMENUEXPERIENCEHOST SVCHOST SYSTEMSETTINGS TASKHOSTW TASKLIST TEAMS TIWORKER TRUSTEDINSTALLER UPFC USERINIT USOCLIENT WERFAULT
  WHOAMI WINLOGON WINWORD WMIADAP WMIPRVSE WUAUCLT
`

/** Services: name, group of its svchost (or `-` and its own executable), display name. */
export const SERVICES: [name: string, image: string, display: string][] = [
  ['BFE', 'LocalServiceNoNetworkFirewall', 'Base Filtering Engine'],
  ['mpssvc', 'LocalServiceNoNetworkFirewall', 'Windows Defender Firewall'],
  ['BrokerInfrastructure', 'DcomLaunch', 'Background Tasks Infrastructure Service'],
  ['DcomLaunch', 'DcomLaunch', 'DCOM Server Process Launcher'],
  ['LSM', 'DcomLaunch', 'Local Session Manager'],
  ['PlugPlay', 'DcomLaunch', 'Plug and Play'],
  ['Power', 'DcomLaunch', 'Power'],
  ['RpcEptMapper', 'RPCSS', 'RPC Endpoint Mapper'],
  ['RpcSs', 'RPCSS', 'Remote Procedure Call (RPC)'],
  ['Dhcp', 'LocalServiceNetworkRestricted', 'DHCP Client'],
  ['EventLog', 'LocalServiceNetworkRestricted', 'Windows Event Log'],
  ['lmhosts', 'LocalServiceNetworkRestricted', 'TCP/IP NetBIOS Helper'],
  ['EventSystem', 'LocalService', 'COM+ Event System'],
  ['nsi', 'LocalService', 'Network Store Interface Service'],
  ['FontCache', 'LocalService', 'Windows Font Cache Service'],
  ['CryptSvc', 'NetworkService', 'Cryptographic Services'],
  ['Dnscache', 'NetworkService', 'DNS Client'],
  ['LanmanWorkstation', 'NetworkService', 'Workstation'],
  ['NlaSvc', 'NetworkService', 'Network Location Awareness'],
  ['BITS', 'netsvcs', 'Background Intelligent Transfer Service'],
  ['gpsvc', 'netsvcs', 'Group Policy Client'],
  ['iphlpsvc', 'netsvcs', 'IP Helper'],
  ['ProfSvc', 'netsvcs', 'User Profile Service'],
  ['Schedule', 'netsvcs', 'Task Scheduler'],
  ['SENS', 'netsvcs', 'System Event Notification Service'],
  ['Themes', 'netsvcs', 'Themes'],
  ['Winmgmt', 'netsvcs', 'Windows Management Instrumentation'],
  ['wuauserv', 'netsvcs', 'Windows Update'],
  ['LanmanServer', 'smbsvcs', 'Server'],
  ['AudioEndpointBuilder', 'LocalSystemNetworkRestricted', 'Windows Audio Endpoint Builder'],
  ['SysMain', 'LocalSystemNetworkRestricted', 'SysMain'],
  ['WSearch', '-C:\\Windows\\system32\\SearchIndexer.exe /Embedding', 'Windows Search'],
  ['TermService', 'NetworkService', 'Remote Desktop Services'],
  ['SystemEventsBroker', 'DcomLaunch', 'System Events Broker'],
  ['KeyIso', '-C:\\Windows\\system32\\lsass.exe', 'CNG Key Isolation'],
  ['Spooler', '-C:\\Windows\\System32\\spoolsv.exe', 'Print Spooler'],
  [
    'WinDefend',
    '-"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25080.5-0\\MsMpEng.exe"',
    'Microsoft Defender Antivirus Service',
  ],
  ['CbDefense', '-"C:\\Program Files\\Confer\\RepMgr.exe"', 'Carbon Black Cloud Sensor'],
  ['SamSs', '-C:\\Windows\\system32\\lsass.exe', 'Security Accounts Manager'],
]

/** The hosts file that comes with Windows. */
export const HOSTS = `# Copyright (c) 1993-2009 Microsoft Corp.\r
#\r
# localhost name resolution is handled within DNS itself.\r
#\t127.0.0.1       localhost\r
#\t::1             localhost\r
`
