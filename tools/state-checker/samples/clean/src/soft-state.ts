export const SoftState = (_declaration: { holds: string; bound: string; maxAge: string; ifLost: string }): ClassDecorator => () => {};
