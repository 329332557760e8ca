/** The syntax tree of a script. */
export type Statement =
  | { kind: 'pipeline'; elements: Element[]; source: string }
  | { kind: 'assign'; target: Node; operator: string; value: Statement }
  | { kind: 'if'; branches: { test: Statement; body: Statement[] }[]; otherwise: Statement[] }
  | { kind: 'foreach'; name: string; list: Statement; body: Statement[] }
  | { kind: 'while'; test: Statement; body: Statement[] }
  | { kind: 'for'; first: Statement; test: Statement; step: Statement; body: Statement[] }
  | { kind: 'try'; body: Statement[]; caught: Statement[] | undefined; last: Statement[] }
  | { kind: 'function'; name: string; parameters: string[]; body: Statement[] }
  | { kind: 'flow'; word: 'return' | 'throw' | 'break' | 'continue'; value: Statement | undefined }

/** An element of a pipeline. */
export type Element =
  | { kind: 'expression'; node: Node; redirections: Redirection[] }
  | { kind: 'command'; name: Node; args: Argument[]; redirections: Redirection[]; source: string }

/** A parameter, with its value if a colon joins them, or a value. */
export type Argument = { parameter: string; value: Node | undefined } | { value: Node }

/** `> file`, `2>$null`, `2>&1`: the stream, whether it is appended, and the target. */
export interface Redirection {
  from: string
  append: boolean
  to: Node
}

export type Node =
  | { kind: 'value'; value: string | number }
  | { kind: 'text'; parts: (string | Node)[] }
  | { kind: 'variable'; name: string }
  | { kind: 'member'; of: Node; name: Node; fixed: boolean }
  | { kind: 'call'; of: Node; name: Node; args: Node[]; fixed: boolean }
  | { kind: 'index'; of: Node; at: Node }
  | { kind: 'list'; items: Node[] }
  | { kind: 'hash'; entries: [Node, Statement][] }
  | { kind: 'block'; body: Statement[]; parameters: string[] }
  | { kind: 'script'; body: Statement[]; list: boolean }
  | { kind: 'type'; name: string }
  | { kind: 'cast'; type: string; of: Node }
  | { kind: 'unary'; operator: string; of: Node }
  | { kind: 'binary'; operator: string; left: Node; right: Node }
