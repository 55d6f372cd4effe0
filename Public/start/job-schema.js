/** What the server's own description of a request says of each value: meaning, limits, words. */

export class JobSchema {
    /**
     * @param openAPI The document at /openapi.json.
     * @param job A job, which tells which of several shapes an object has.
     */
    constructor(openAPI, job) {
        Object.assign(this, { openAPI, job });
    }

    /** `{hint, words}` of the value at a path; of one that is not described, nothing. */
    at(path) {
        let schema = this.openAPI?.components.schemas.JobRequest;
        let value = this.job;
        for (const key of path) {
            schema = this.#shape(schema, value)?.properties?.[key];
            value = value?.[key];
        }
        if (!schema) return {};
        const words = schema.oneOf?.filter((word) => 'const' in word) ?? this.#types(schema, path);
        return { hint: hintOf(schema, words), words: words.map((word) => word.const) };
    }

    /** The schema itself, or the one of several that has all keys of the value. */
    #shape(schema, value) {
        const whole = this.#resolved(schema);
        if (!whole?.anyOf) return whole;
        const shapes = whole.anyOf.map((shape) => this.#shape(shape, value));
        const keys = Object.keys(value ?? {});
        const fits = ({ properties = {} }) => keys.every((key) => key in properties)
            && (!properties.type?.const || properties.type.const === value?.type);
        return shapes.find((shape) => shape.properties && fits(shape))
            ?? shapes.find((shape) => shape.properties);
    }

    /** The words that tell the shapes of an object apart, where the path leads to such a word. */
    #types(schema, path) {
        if (!('const' in schema)) return [];
        const parent = path.slice(0, -1);
        let outer = this.openAPI.components.schemas.JobRequest;
        let value = this.job;
        for (const key of parent) {
            outer = this.#shape(outer, value)?.properties?.[key];
            value = value?.[key];
        }
        return (this.#resolved(outer)?.anyOf ?? [])
            .map((shape) => this.#resolved(shape).properties?.[path.at(-1)]);
    }

    #resolved(schema) {
        const name = schema?.$ref?.split('/').at(-1);
        return name ? this.openAPI.components.schemas[name] : schema;
    }
}

/** Meaning, limits with their unit, and source, in a line; and a line for each word. */
function hintOf(schema, words) {
    const { description, minimum, maximum } = schema;
    const unit = schema['x-unit'] ?? '';
    const source = schema['x-source'];
    const limits = minimum === undefined ? unit
        : `${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')} ${unit}`;
    const meaning = 'const' in schema ? '' : description;
    return [
        meaning, limits.trim() && `${limits.trim()}.`, source && `After ${source}.`,
        ...words.map((word) => `${word.const}: ${word.description}`),
    ].filter(Boolean).join(' ');
}
