/** Numbers, spans and times as people read them. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A count in full: 12,480. */
export const count = (number) => (Number.isFinite(number) ? grouped.format(number) : '–');

/** A count in a few characters: 12.5K. */
export const shortCount = (number) => short.format(number).replace('K', 'k');

/** A measured value, in about four characters: 0.873, 12.5, 1,204, 3.1e-7. */
export function measure(value) {
    if (value === null || value === undefined || !Number.isFinite(value)) return '–';
    const size = Math.abs(value);
    if (size === 0) return '0';
    if (size >= 1e12 || size < 1e-4) return value.toExponential(1).replace('e+', 'e');
    if (size >= 1e6) return shortCount(value);
    if (size >= 1000) return grouped.format(value);
    const digits = size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    const text = value.toFixed(digits).replace(/\.?0+$/, '');
    return text.replace('-', '−');
}

/**
 * A tick's label, as exact as the step between ticks asks for: 0.25, 40k, 2e-7. All ticks of an axis
 * share the unit of the one that is `largest` in size.
 */
export function tick(value, step, largest = Math.abs(value)) {
    if (value === 0) return '0';
    const digits = (unit) => Math.max(0, Math.min(9, -Math.floor(Math.log10(step / unit) + 1e-9)));
    if (largest < 1e-4 || largest >= 1e12) {
        const power = 10 ** Math.floor(Math.log10(largest) + 1e-9);
        const exponent = Math.round(Math.log10(power));
        return `${(value / power).toFixed(digits(power))}e${exponent}`.replace(/^-/, '−');
    }
    const units = largest < 10_000 ? [] : [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']];
    const [unit, sign] = units.find(([unit]) => largest >= unit) ?? [1, ''];
    const text = (value / unit).toFixed(digits(unit)).replace(/^-/, '−');
    return sign && text.includes('.') ? text.replace(/\.?0+$/, '') + sign : text + sign;
}

/** A share of one: 62 %. */
export const percent = (share) => `${Math.floor(share * 100)} %`;

/** A span of time in its two largest units: 3 min 20 s. */
export function duration(seconds) {
    if (seconds === null || seconds === undefined) return '–';
    if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
    const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
    const first = units.findIndex(([, length]) => seconds >= length);
    const [unit, length] = units[first];
    const whole = Math.floor(seconds / length);
    if (first === 3) return `${whole} s`;
    const [nextUnit, nextLength] = units[first + 1];
    const rest = Math.floor((seconds - whole * length) / nextLength);
    return rest > 0 ? `${whole} ${unit} ${rest} ${nextUnit}` : `${whole} ${unit}`;
}

/** A span of time as a clock counts it: 13:23, 2:05:11. */
export function stopwatch(seconds) {
    const two = (number) => String(Math.floor(number)).padStart(2, '0');
    const [hours, minutes] = [Math.floor(seconds / 3600), (seconds % 3600) / 60];
    const start = hours > 0 ? `${hours}:${two(minutes)}` : Math.floor(minutes);
    return `${start}:${two(seconds % 60)}`;
}

/** The size of a file: 6.7 MB. */
export function bytes(number) {
    const units = ['bytes', 'kB', 'MB', 'GB'];
    const power = number < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(number) / 3));
    return `${power === 0 ? number : (number / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** The time of day of an RFC 3339 time. */
export const clock = (time) => new Date(time).toLocaleTimeString('en-GB');

/** Day and time of an RFC 3339 time. */
export const dayAndTime = (time) =>
    new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** A field's name as words: replay capacity frames. */
export const words = (name) => name.replaceAll('_', ' ');
