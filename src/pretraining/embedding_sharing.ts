/** How a discriminator gets its embeddings, see `SharedTables`. */
export const EMBEDDING_SHARINGS = ['gdes', 'es', 'none'] as const;

/** One of {@link EMBEDDING_SHARINGS}. */
export type EmbeddingSharing = (typeof EMBEDDING_SHARINGS)[number];
