/** What one key does when operations come one at a time: the specification that a concurrent history is held against. */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The state after `input` when `output` is a right answer to it in `state`, else undefined.
   * With no `output` (the client never got one) the effect of a success, or `state` itself if there is none.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** Equal for equal states. */
  name(state: State): string;
}
