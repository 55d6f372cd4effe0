/** Every value a job was asked for, to read and to copy. */

import { element } from '../element.js';
import { words } from '../format.js';

/** Words of the job's record that were not asked for. */
const record = [
    'id', 'state', 'progress', 'latest', 'best', 'model', 'created_at', 'started_at', 'ended_at',
    'failure', 'waiting_for',
];

/** The request that would start the same job again. */
export function requestOf(job) {
    return Object.fromEntries(Object.entries(job).filter(([key]) => !record.includes(key)));
}

export function parameterTable(job) {
    const { hyperparameters, name, ...plan } = requestOf(job);
    const body = element('tbody', {}, [...rows(hyperparameters), ...rows(plan)]);
    return element(
        'section', { class: 'card parameters' },
        element('h2', {}, 'Hyperparameters'),
        element(
            'div', { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'All values' },
            element('table', {}, body)));
}

function rows(object, prefix = '') {
    return Object.entries(object).flatMap(([key, value]) => {
        const name = prefix + words(key);
        const isGroup = value !== null && typeof value === 'object' && !Array.isArray(value);
        if (isGroup) return rows(value, `${name} › `);
        const texts = Array.isArray(value) ? value.map(layerText) : [String(value ?? '–')];
        return [element(
            'tr', {},
            element('th', { scope: 'row' }, name),
            element('td', {}, texts.map((text) => element('div', {}, text))))];
    });
}

/** A layer of a network in a line: conv2d 32 × 8×8, stride 4, relu. */
function layerText(layer) {
    if (layer?.type === 'conv2d') {
        const size = layer.kernel_size;
        return `conv2d ${layer.filters} × ${size}×${size}, stride ${layer.stride}, `
            + layer.activation;
    }
    if (layer?.type === 'dense') return `dense ${layer.units}, ${layer.activation}`;
    return JSON.stringify(layer);
}
