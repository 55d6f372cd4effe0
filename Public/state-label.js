/** A job's state as a sign and a word: never by colour alone. */

import { element } from './element.js';

const signs = {
    queued: '○',
    running: '●',
    paused: '‖',
    completed: '✓',
    stopped: '■',
    failed: '✕',
};

/** Whether a job in this state is over for good. */
export const isEnd = (state) => ['completed', 'stopped', 'failed'].includes(state);

export function stateLabel(state) {
    return element('span', { class: `state ${state}` },
        element('span', { class: 'sign', 'aria-hidden': 'true' }, signs[state] ?? '·'), state);
}
