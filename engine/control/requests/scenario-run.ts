/** Plays a scenario on the lab that the page shows. */
import { runScenarioText } from '#control/run-scenario.ts'
import { RequestRefused, type RequestHandler } from './context.ts'

export const scenarioRun: RequestHandler<'scenario.run'> = async ({ text }, { lab }) => {
  const result = await runScenarioText(lab, text, 'scenario')
  if (!result.ok) throw new RequestRefused('text', result.problems.join('\n'))
  return { held: result.held, expectations: result.expectations }
}
