/**
 * Sessions: a graph made ready to run on an engine. `useEngine` chooses the engine; the main entry "signflip" has
 * already chosen Node's. Also runs in a browser.
 * @module runtime
 */
export { useEngine, type Engine, type EngineOptions, type ExecutionProvider } from "./engine.ts";
export { dataOf, numberOf, Session, withSession } from "./session.ts";
