/**
 * What is made in a database, step by step: a step that was released is never changed, because workers of several versions may use one database.
 * A function that has to work otherwise gets a new name.
 *
 * All operations on a run lock its row first, so they happen one after the other, and its events are numbered in the order in which they count.
 */
export const MIGRATIONS: readonly string[] = [
  `
create table cbc.run (
  id bigint generated always as identity primary key,
  organization text not null,
  name text not null,
  shared text not null,
  canary_reason text not null,
  max_failures bigint,
  failures_reason text not null,
  -- Devices that go first and are not at their end; those at work; those not at their end; failures since they had their turn.
  firsts bigint not null,
  running bigint not null default 0,
  unsettled bigint not null,
  failures bigint not null default 0,
  stopped text,
  sequence bigint not null default 0,
  unique (organization, name)
);

create table cbc.device (
  run bigint not null references cbc.run on delete cascade,
  id bigint not null,
  is_first boolean not null,
  state text not null default 'not begun',
  token bigint not null default 0,
  begun bigint,
  change text,
  last text,
  at bigint,
  primary key (run, id)
);

create table cbc.event (
  run bigint not null references cbc.run on delete cascade,
  sequence bigint not null,
  at bigint not null,
  entry text not null,
  change text,
  line text,
  primary key (run, sequence)
);

create function cbc.is_end(p_state text) returns boolean language sql immutable as $$
  select p_state in ('done', 'failed', 'offline', 'unknown')
$$;

create function cbc.locked(p_organization text, p_name text) returns cbc.run language sql as $$
  select * from cbc.run where organization = p_organization and name = p_name for update
$$;

create function cbc.note(p_run bigint, p_entry text, p_change text, p_line text) returns bigint language plpgsql as $$
declare
  v_sequence bigint;
  v_at bigint := extract(epoch from clock_timestamp()) * 1000;
begin
  update cbc.run set sequence = sequence + 1 where id = p_run returning sequence into v_sequence;
  insert into cbc.event (run, sequence, at, entry, change, line) values (p_run, v_sequence, v_at, p_entry, p_change, p_line);
  return v_at;
end $$;

-- A device that was at work is left in another state.
create function cbc.leave(p_run bigint, p_device bigint, p_state text, p_entry text, p_line text) returns void language plpgsql as $$
declare
  v_at bigint := cbc.note(p_run, p_entry, null, p_line);
begin
  update cbc.device set state = p_state, last = p_entry, at = v_at where run = p_run and id = p_device;
  update cbc.run set running = running - 1 where id = p_run;
end $$;

create function cbc.claim(p_organization text, p_name text, p_device bigint, p_token bigint, p_entry text, p_unbegun text)
returns json language plpgsql as $$
declare
  v_run cbc.run := cbc.locked(p_organization, p_name);
  v_device cbc.device;
  v_kept text;
  v_at bigint;
begin
  select * into v_device from cbc.device where run = v_run.id and id = p_device;
  if v_device.id is null then return json_build_object('kind', 'absent'); end if;
  if cbc.is_end(v_device.state) then return json_build_object('kind', 'settled'); end if;
  -- Somebody has claimed it since; or this was sent before that, given up, and carried out only now.
  if v_device.token <> p_token then return json_build_object('kind', 'moved', 'token', v_device.token); end if;
  if v_device.state = 'running' then v_kept := v_device.change; end if;
  -- What may have been made is found out even when the run is stopped.
  if v_run.stopped is not null and v_kept is null then
    if v_device.state = 'running' then perform cbc.leave(v_run.id, p_device, 'not begun', p_unbegun, null); end if;
    return json_build_object('kind', 'stopped');
  end if;
  if v_run.firsts > 0 and not v_device.is_first and v_device.state <> 'running' then return json_build_object('kind', 'later'); end if;
  v_at := cbc.note(v_run.id, p_entry, v_kept, null);
  update cbc.device
    set state = 'running', token = p_token + 1, change = v_kept, begun = case when v_kept is null then v_at else begun end, last = null, at = null
    where run = v_run.id and id = p_device;
  if v_device.state <> 'running' then update cbc.run set running = running + 1 where id = v_run.id; end if;
  return json_build_object('kind', 'claimed', 'token', p_token + 1, 'state', v_device.state, 'begun', v_device.begun,
    'change', v_device.change, 'last', v_device.last, 'at', v_device.at);
end $$;

create function cbc.intent(p_organization text, p_name text, p_device bigint, p_token bigint, p_entry text, p_change text)
returns boolean language plpgsql as $$
declare
  v_run cbc.run := cbc.locked(p_organization, p_name);
begin
  update cbc.device set change = p_change where run = v_run.id and id = p_device and token = p_token and state = 'running';
  if not found then return false; end if;
  perform cbc.note(v_run.id, p_entry, p_change, null);
  return true;
end $$;

create function cbc.settle(p_organization text, p_name text, p_device bigint, p_token bigint, p_state text, p_entry text, p_line text)
returns boolean language plpgsql as $$
declare
  v_run cbc.run := cbc.locked(p_organization, p_name);
  v_device cbc.device;
begin
  select * into v_device from cbc.device where run = v_run.id and id = p_device and token = p_token;
  if v_device.id is null then return false; end if;
  -- Told again, because the answer was lost.
  if cbc.is_end(v_device.state) then return true; end if;
  if v_device.state <> 'running' then return false; end if;
  perform cbc.leave(v_run.id, p_device, p_state, p_entry, p_line);
  update cbc.run set
    unsettled = unsettled - 1,
    firsts = firsts - v_device.is_first::int,
    failures = failures + (p_state in ('failed', 'unknown'))::int
    where id = v_run.id returning * into v_run;
  if v_device.is_first and p_state <> 'done' then
    update cbc.run set stopped = coalesce(stopped, canary_reason) where id = v_run.id;
  elsif p_state in ('failed', 'unknown') and v_run.failures >= v_run.max_failures then
    update cbc.run set stopped = coalesce(stopped, failures_reason) where id = v_run.id;
  end if;
  return true;
end $$;

create function cbc.release(p_organization text, p_name text, p_device bigint, p_token bigint, p_state text, p_entry text)
returns boolean language plpgsql as $$
declare
  v_run cbc.run := cbc.locked(p_organization, p_name);
  v_state text;
begin
  select state into v_state from cbc.device where run = v_run.id and id = p_device and token = p_token;
  if v_state = p_state then return true; end if;
  if v_state is distinct from 'running' then return false; end if;
  perform cbc.leave(v_run.id, p_device, p_state, p_entry, null);
  return true;
end $$;

create function cbc.again(p_organization text, p_name text, p_devices bigint[], p_entries text[]) returns bigint[] language plpgsql as $$
declare
  v_run cbc.run := cbc.locked(p_organization, p_name);
  v_again bigint[] := '{}';
begin
  for v_index in 1 .. cardinality(p_devices) loop
    if exists (select from cbc.device where run = v_run.id and id = p_devices[v_index] and cbc.is_end(state)) then
      update cbc.device set state = 'not begun', last = p_entries[v_index], at = cbc.note(v_run.id, p_entries[v_index], null, null)
        where run = v_run.id and id = p_devices[v_index];
      v_again := v_again || p_devices[v_index];
    end if;
  end loop;
  update cbc.run set
    stopped = null,
    failures = 0,
    unsettled = unsettled + cardinality(v_again),
    firsts = (select count(*) from cbc.device where run = v_run.id and is_first and not cbc.is_end(state))
    where id = v_run.id;
  return v_again;
end $$;
`,
]
