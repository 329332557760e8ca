import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidSettings } from '../../../src/lab/behaviour/checks.ts'
import { DEFAULTS, Settings } from '../../../src/lab/behaviour/settings.ts'

describe('settings', () => {
  it('have defaults, and accept times as milliseconds or as text', () => {
    const { behaviour } = new Settings({ latency: 250, sessionTimeout: '2m', checkIn: '0' })
    expect(behaviour).toEqual({ ...DEFAULTS, latency: 250, sessionTimeout: 120_000, checkIn: 0 })
  })

  it('change one by one, and return to their default with null', () => {
    const settings = new Settings({ latency: 250, rateLimit: { requests: 3 } })
    settings.change({ statusCase: 'lower', latency: null })
    expect(settings.behaviour).toEqual({ ...DEFAULTS, statusCase: 'lower', rateLimit: { requests: 3, per: 1000 } })
    settings.change({ rateLimit: null })
    expect(settings.behaviour.rateLimit).toBeNull()
  })

  it('change devices by name, and remove those that are null', () => {
    const settings = new Settings({ devices: { 'WIN-*': { offline: true }, 'SRV-*': { liveResponse: false } } })
    settings.change({ devices: { 'WIN-*': null, 11412673: { onlineAfter: '30s' } } })
    expect(settings.behaviour.devices).toEqual({ 'SRV-*': { liveResponse: false }, 11412673: { onlineAfter: 30_000 } })
    settings.change({ devices: null })
    expect(settings.behaviour.devices).toEqual({})
  })

  it.each([
    [{ latenzy: 1 }, 'latenzy is unknown'],
    [{ latency: -1 }, 'latency must be milliseconds'],
    [{ latency: 'soon' }, '"soon" is not a duration'],
    [{ statusCase: 'Upper' }, 'statusCase must be one of upper, lower, mixed'],
    [{ content: 301 }, 'content must be one of direct, 302, 307'],
    [{ maxCommands: 1.5 }, 'maxCommands must be a whole number'],
    [{ rateLimit: { requests: 0 } }, 'rateLimit.requests must be'],
    [{ devices: { X: { offlin: true } } }, 'devices.X.offlin is unknown'],
    [{ devices: { X: true } }, 'devices.X must be a JSON object'],
    [[], 'must be a JSON object'],
  ])('are refused as %j, and nothing is changed', (patch, why) => {
    const settings = new Settings()
    expect(() => settings.change(Array.isArray(patch) ? patch : { resultCodes: 'signed', ...patch })).toThrow(why)
    expect(settings.behaviour).toEqual(DEFAULTS)
  })

  it('are either changed or refused, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...Object.keys(DEFAULTS)), fc.jsonValue())), patch => {
        try {
          new Settings().change(patch)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSettings)
        }
      }),
    )
  })
})
