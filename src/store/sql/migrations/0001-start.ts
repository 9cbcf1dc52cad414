import type { Migration } from '../migrate.ts';

/** The first tables. */
export const start: Migration = {
  name: '0001-start',
  statements: ({ growingKey, bytewise }) => [
    `create table server_versions (
      name text ${bytewise} not null,
      version text ${bytewise} not null,
      id text not null,
      name_folded text not null,
      status text not null,
      status_message text,
      status_changed_at text not null,
      published_at text not null,
      updated_at text not null,
      updated_key text ${bytewise} not null,
      is_latest integer not null,
      document text not null,
      meta text,
      primary key (name, version)
    )`,
    'create unique index server_versions_id on server_versions (id)',
    'create unique index server_versions_latest on server_versions (name) where is_latest = 1',
    'create index server_versions_folded on server_versions (name_folded, name)',
    // Holds all that a listing filters by, so that the documents of rows outside the page are never read.
    'create index server_versions_listing on server_versions (name, version, status, is_latest, updated_key)',
    'create index server_versions_updated on server_versions (updated_key, name, version, status, is_latest)',
    'create index server_versions_version on server_versions (version, name)',

    `create table server_search (
      name text ${bytewise} not null,
      version text ${bytewise} not null,
      name_folded text not null,
      part_folded text not null,
      text text not null,
      primary key (name, version),
      foreign key (name, version) references server_versions (name, version) on delete cascade
    )`,

    `create table server_remotes (
      name text ${bytewise} not null,
      version text ${bytewise} not null,
      url_hash text not null,
      primary key (name, version, url_hash),
      foreign key (name, version) references server_versions (name, version) on delete cascade
    )`,
    'create index server_remotes_url on server_remotes (url_hash, name)',

    `create table deployments (
      slug text ${bytewise} not null primary key,
      name text not null,
      version text not null,
      enabled integer not null,
      source text not null,
      settings text not null,
      created_at text not null,
      updated_at text not null
    )`,

    `create table tokens (
      id text not null primary key,
      name text ${bytewise} not null unique,
      hash text not null unique,
      permissions text not null,
      created_at text not null,
      expires_at text,
      last_used_at text
    )`,

    `create table secrets (
      name text ${bytewise} not null primary key,
      sealed text not null,
      updated_at text not null
    )`,

    'create table facts (key text not null primary key, value text not null)',

    `create table audit (
      seq ${growingKey},
      at text not null,
      actor text not null,
      action text not null,
      target text not null,
      result text not null,
      detail text
    )`,

    `create table changes (
      seq ${growingKey},
      at text not null,
      kind text not null,
      subject text not null
    )`,
  ],
};
