import type { Host } from '../core/host.ts'
import type { Progress } from '../core/ports.ts'
import type { Result } from '../core/result.ts'
import type { Argument, Option, Values } from '../verbs/define.ts'
import type { Globals } from './globals.ts'
import type { OpenRuntime } from './remote-job.ts'
import type { Spec } from './spec.ts'

/** What a verb of the program itself receives besides its input. */
export interface ProgramContext {
  host: Host
  globals: Globals
  progress: Progress
  /** Shows the user a one-line note that is not part of the result; nothing with `--quiet`. */
  notice(line: string): Promise<void>
  /** Connects with the profile. @param globals default: those of the command */
  open(globals?: Globals): Promise<OpenRuntime>
}

interface Definition<A, O> extends Spec {
  readonly arguments: A & Spec['arguments']
  readonly options: O & Spec['options']
}

/** A verb of the program itself: it works on profiles, on the lab, or on this machine. The renderer writes what it returns. */
export interface ProgramVerb<A = Spec['arguments'], O = Spec['options']> extends Definition<A, O> {
  run(input: Values<A> & Values<O>, context: ProgramContext): Promise<Result>
}

/**
 * A verb that holds the terminal or a port until it is ended, so that there is no one result to render: it writes to the host's streams as
 * it goes. Everything else about it is defined as for the other verbs.
 */
export interface InteractiveVerb<A = Spec['arguments'], O = Spec['options']> extends Definition<A, O> {
  /** What it does until it is ended. */
  readonly interactive: string
  /** @returns exit code */
  run(input: Values<A> & Values<O>, context: ProgramContext): Promise<number>
}

/** A verb of the program with its input types erased, as the tree of commands holds it. */
export type AnyProgramVerb = Spec &
  (
    | { run(input: Record<string, unknown>, context: ProgramContext): Promise<Result> }
    | { readonly interactive: string; run(input: Record<string, unknown>, context: ProgramContext): Promise<number> }
  )

/** Checks the types of a definition: `run` receives exactly what its arguments and options declare. */
export function defineProgramVerb<A extends Record<string, Argument<unknown>>, O extends Record<string, Option<unknown>>>(
  verb: ProgramVerb<A, O> | InteractiveVerb<A, O>,
): AnyProgramVerb {
  return verb as unknown as AnyProgramVerb
}
