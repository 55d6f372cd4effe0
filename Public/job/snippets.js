/** The same by HTTP: commands to copy. */

import { hasToken } from '../api.js';
import { button, element, notify } from '../element.js';
import { isEnd } from '../state-label.js';
import { requestOf } from './parameters.js';

export function snippets(job, environment) {
    return [
        element('h2', {}, 'The same by HTTP'),
        snippet('Start this job again', startCommand(requestOf(job))),
        snippet('Ask its newest checkpoint for Q-values', questionCommand(job, environment)),
        snippet('Follow it', command(`curl -N ${location.origin}/v1/jobs/${job.id}/events`)),
    ];
}

/** A command with a button that copies it. */
export function snippet(title, text) {
    const code = element('code', {}, text);
    return element('div', { class: 'snippet' },
        element('h3', {}, title),
        button('Copy', () => copy(code), { class: 'quiet', 'aria-label': `Copy: ${title}` }),
        element('pre', { tabIndex: 0 }, code));
}

export function startCommand(request) {
    // A quote would end the shell's text.
    const body = JSON.stringify(request, null, 1).replace(/\n\s*/g, ' ').replaceAll("'", "'\\''");
    return command(`curl -X POST ${location.origin}/v1/jobs`, json, `-d '${body}'`);
}

const json = "-H 'Content-Type: application/json'";

/** The shape of a state where the job's options say what the environment shows. */
function declaredShape({ observation, stack }) {
    if (!observation) return null;
    const isScreen = observation.preprocessing === 'atari';
    const frame = isScreen ? [84, 84] : observation.shape;
    const frames = stack ?? (frame.length === 2 ? 4 : 1);
    return frames > 1 ? [frames, ...frame] : frame;
}

function questionCommand({ id, state, environment_options: options }, environment) {
    const server = location.origin;
    const question = `curl ${server}/v1/models/${id}/q-values`;
    const shape = environment?.observation?.shape ?? declaredShape(options) ?? [1];
    if (shape.length < 3) {
        // States of tables are ones among zeros.
        const values = Array(shape[0]).fill(0);
        if (environment?.state_count) values[0] = 1;
        return command(question, json, `-d '{"states": [${JSON.stringify(values)}]}'`);
    }
    if (isEnd(state)) {
        const size = shape.reduce((product, length) => product * length);
        return `# a stack of ${shape.join(' × ')} bytes, oldest frame first\n`
            + `head -c ${size} /dev/zero |\n  `
            + command(question, "-H 'Content-Type: application/octet-stream' --data-binary @-");
    }
    return '# what the agent sees now\n'
        + `curl -s '${server}/v1/jobs/${id}/frame.png?stack=1' |\n  `
        + command(question, "-H 'Content-Type: image/png' --data-binary @-");
}

/** The parts of a command on lines of their own, with the token where there is one. */
function command(...parts) {
    if (hasToken()) parts.push('-H "Authorization: Bearer $TOKEN"');
    return parts.join(' \\\n  ');
}

async function copy(code) {
    try {
        await navigator.clipboard.writeText(code.textContent);
        notify('Copied.');
    } catch {
        // Without a secure connection browsers copy only what a person has selected.
        getSelection().selectAllChildren(code);
        notify('Selected; press Ctrl+C to copy.');
    }
}
