/**
 * How the trace is shown: following the engine, standing still, playing on from some moment, or stepping.
 * The engine's own speed is another matter: it never waits for the picture.
 */
import { setup } from 'xstate'

export type PlaybackEvent =
  | { type: 'PLAY' }
  | { type: 'PAUSE' }
  | { type: 'STEP' }
  | { type: 'SEEK' }
  | { type: 'LIVE' }
  | { type: 'arrived' }
  | { type: 'caught-up' }

export const playbackMachine = setup({ types: { events: {} as PlaybackEvent } }).createMachine({
  id: 'playback',
  initial: 'live',
  on: { LIVE: '.live', SEEK: '.paused' },
  states: {
    live: { on: { PAUSE: 'paused', STEP: 'stepping' } },
    paused: { on: { PLAY: 'playing', STEP: 'stepping' } },
    playing: { on: { PAUSE: 'paused', STEP: 'stepping', 'caught-up': 'live' } },
    stepping: { on: { PAUSE: 'paused', PLAY: 'playing', arrived: 'paused', 'caught-up': 'paused' } },
  },
})
