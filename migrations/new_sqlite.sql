CREATE TABLE "attempt" (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	task_id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	outcome VARCHAR,
	started_offset_ms INTEGER,
	ended_offset_ms INTEGER,
	seq INTEGER,
	created_at DATETIME NOT NULL,
	assists INTEGER,
	errors INTEGER,
	version INTEGER NOT NULL,
	CONSTRAINT fk_attempt_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT fk_attempt_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT fk_attempt_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE CASCADE,
	CONSTRAINT pk_attempt PRIMARY KEY (id)
);
CREATE TABLE "consent" (
	id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	notes BOOLEAN NOT NULL,
	quotes BOOLEAN NOT NULL,
	text_version VARCHAR NOT NULL,
	language VARCHAR NOT NULL,
	given_at DATETIME NOT NULL,
	channel VARCHAR NOT NULL,
	audio BOOLEAN NOT NULL,
	video BOOLEAN NOT NULL,
	observers BOOLEAN NOT NULL,
	reuse BOOLEAN NOT NULL,
	contact BOOLEAN NOT NULL,
	CONSTRAINT fk_consent_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT pk_consent PRIMARY KEY (id)
);
CREATE TABLE "finding" (
	id VARCHAR NOT NULL,
	scan_id VARCHAR NOT NULL,
	visit_id VARCHAR NOT NULL,
	barrier_id VARCHAR,
	ordinal INTEGER NOT NULL,
	rule VARCHAR NOT NULL,
	engine VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	impact VARCHAR,
	criteria JSON NOT NULL,
	advisory BOOLEAN NOT NULL,
	selector VARCHAR NOT NULL,
	html VARCHAR NOT NULL,
	message VARCHAR NOT NULL,
	help VARCHAR NOT NULL,
	help_url VARCHAR NOT NULL,
	fingerprint VARCHAR NOT NULL,
	instance_key VARCHAR NOT NULL,
	path VARCHAR NOT NULL,
	CONSTRAINT fk_finding_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE SET NULL,
	CONSTRAINT fk_finding_scan_id_scan FOREIGN KEY(scan_id) REFERENCES scan (id) ON DELETE CASCADE,
	CONSTRAINT fk_finding_visit_id_page_visit FOREIGN KEY(visit_id) REFERENCES page_visit (id) ON DELETE CASCADE,
	CONSTRAINT pk_finding PRIMARY KEY (id),
	CONSTRAINT uq_finding_visit_id_ordinal UNIQUE (visit_id, ordinal)
);
CREATE TABLE "note_submission" (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	ordinal INTEGER NOT NULL,
	warnings JSON NOT NULL,
	received_at DATETIME NOT NULL,
	"key" VARCHAR,
	CONSTRAINT fk_note_submission_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT pk_note_submission PRIMARY KEY (id),
	CONSTRAINT uq_note_submission_session_id_key UNIQUE (session_id, "key")
);
CREATE TABLE "page_visit" (
	id VARCHAR NOT NULL,
	scan_id VARCHAR NOT NULL,
	page_id VARCHAR NOT NULL,
	ordinal INTEGER NOT NULL,
	url VARCHAR NOT NULL,
	viewport VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	partial BOOLEAN NOT NULL,
	partial_reasons JSON NOT NULL,
	error_code VARCHAR,
	error_detail VARCHAR,
	final_url VARCHAR,
	status INTEGER,
	title VARCHAR,
	timings_ms JSON NOT NULL,
	ended_order INTEGER,
	ended_at DATETIME,
	refused JSON,
	depth INTEGER NOT NULL,
	found_on VARCHAR,
	canonical VARCHAR, digest VARCHAR, reused_from VARCHAR,
	CONSTRAINT fk_page_visit_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE,
	CONSTRAINT fk_page_visit_scan_id_scan FOREIGN KEY(scan_id) REFERENCES scan (id) ON DELETE CASCADE,
	CONSTRAINT pk_page_visit PRIMARY KEY (id),
	CONSTRAINT uq_page_visit_scan_id_page_id_viewport UNIQUE (scan_id, page_id, viewport)
);
CREATE TABLE "participant" (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	pseudonym VARCHAR NOT NULL,
	segment VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	roles JSON NOT NULL,
	relation VARCHAR,
	prior_use VARCHAR NOT NULL,
	CONSTRAINT fk_participant_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_participant PRIMARY KEY (id),
	CONSTRAINT uq_participant_study_id_pseudonym UNIQUE (study_id, pseudonym)
);
CREATE TABLE "rule_count" (
	visit_id VARCHAR NOT NULL,
	rule VARCHAR NOT NULL,
	failed INTEGER NOT NULL,
	cant_tell INTEGER NOT NULL,
	passed INTEGER NOT NULL,
	inapplicable BOOLEAN NOT NULL,
	errored BOOLEAN NOT NULL,
	CONSTRAINT fk_rule_count_visit_id_page_visit FOREIGN KEY(visit_id) REFERENCES page_visit (id) ON DELETE CASCADE,
	CONSTRAINT pk_rule_count PRIMARY KEY (visit_id, rule)
);
CREATE TABLE "scan" (
	id VARCHAR NOT NULL,
	project_id VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	standard VARCHAR NOT NULL,
	viewports JSON NOT NULL,
	checks JSON NOT NULL,
	wait_for VARCHAR,
	branch VARCHAR,
	sha VARCHAR,
	base_sha VARCHAR,
	axe_version VARCHAR,
	browser_version VARCHAR,
	luiska_version VARCHAR NOT NULL,
	pages_requested INTEGER NOT NULL,
	ended_count INTEGER NOT NULL,
	requested_by VARCHAR NOT NULL,
	requested_at DATETIME NOT NULL,
	started_at DATETIME,
	ended_at DATETIME,
	failure VARCHAR,
	handed_out INTEGER NOT NULL,
	priority VARCHAR NOT NULL,
	request_key VARCHAR NOT NULL,
	targets JSON NOT NULL,
	left_out JSON NOT NULL,
	notices JSON NOT NULL,
	fresh BOOLEAN NOT NULL,
	approach JSON NOT NULL,
	page_state VARCHAR NOT NULL,
	CONSTRAINT fk_scan_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_scan PRIMARY KEY (id)
);
CREATE TABLE "session" (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	label VARCHAR NOT NULL,
	label_is_chosen BOOLEAN NOT NULL,
	moderator VARCHAR NOT NULL,
	started_at DATETIME NOT NULL,
	method VARCHAR NOT NULL,
	build VARCHAR,
	created_at DATETIME NOT NULL,
	ended_at DATETIME,
	setting VARCHAR,
	version INTEGER NOT NULL,
	CONSTRAINT fk_session_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT fk_session_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_session PRIMARY KEY (id),
	CONSTRAINT uq_session_study_id_label UNIQUE (study_id, label)
);
CREATE TABLE "sighting" (
	id VARCHAR NOT NULL,
	barrier_id VARCHAR NOT NULL,
	page_id VARCHAR NOT NULL,
	viewport VARCHAR NOT NULL,
	instance_key VARCHAR NOT NULL,
	rule VARCHAR NOT NULL,
	impact VARCHAR,
	selector VARCHAR NOT NULL,
	html VARCHAR NOT NULL,
	message VARCHAR NOT NULL,
	present BOOLEAN NOT NULL,
	first_scan_id VARCHAR NOT NULL,
	last_scan_id VARCHAR NOT NULL,
	last_seen_at DATETIME NOT NULL,
	absent_since DATETIME,
	page_state VARCHAR NOT NULL,
	CONSTRAINT fk_sighting_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE CASCADE,
	CONSTRAINT fk_sighting_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE,
	CONSTRAINT pk_sighting PRIMARY KEY (id),
	CONSTRAINT uq_sighting_barrier_id_page_id_viewport_instance_key_page_state UNIQUE (barrier_id, page_id, viewport, instance_key, page_state)
);
CREATE TABLE "study" (
	id VARCHAR NOT NULL,
	project_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	goal VARCHAR NOT NULL,
	method VARCHAR NOT NULL,
	build VARCHAR,
	time_zone VARCHAR NOT NULL,
	aliases JSON NOT NULL,
	names JSON NOT NULL,
	created_at DATETIME NOT NULL,
	version INTEGER NOT NULL,
	legal_basis VARCHAR NOT NULL,
	retention_until DATE,
	share_threshold INTEGER NOT NULL, expired_at DATETIME,
	CONSTRAINT fk_study_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_study PRIMARY KEY (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE anonymous_answer (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	task_id VARCHAR,
	instrument VARCHAR NOT NULL,
	build VARCHAR,
	responses INTEGER NOT NULL,
	CONSTRAINT fk_anonymous_answer_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT fk_anonymous_answer_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE CASCADE,
	CONSTRAINT pk_anonymous_answer PRIMARY KEY (id)
);
CREATE TABLE anonymous_attempt (
	id VARCHAR NOT NULL,
	task_id VARCHAR NOT NULL,
	outcome VARCHAR,
	build VARCHAR,
	attempts INTEGER NOT NULL,
	CONSTRAINT fk_anonymous_attempt_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE CASCADE,
	CONSTRAINT pk_anonymous_attempt PRIMARY KEY (id)
);
CREATE TABLE anonymous_witness (
	id VARCHAR NOT NULL,
	barrier_id VARCHAR NOT NULL,
	task_id VARCHAR,
	page_id VARCHAR,
	severity VARCHAR,
	outcome VARCHAR,
	build VARCHAR,
	people INTEGER NOT NULL,
	counted_at DATETIME NOT NULL,
	CONSTRAINT fk_anonymous_witness_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE CASCADE,
	CONSTRAINT fk_anonymous_witness_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE SET NULL,
	CONSTRAINT fk_anonymous_witness_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE CASCADE,
	CONSTRAINT pk_anonymous_witness PRIMARY KEY (id)
);
CREATE TABLE audit_entry (
	id VARCHAR NOT NULL,
	at DATETIME NOT NULL,
	actor VARCHAR NOT NULL,
	token_id VARCHAR,
	action VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	subject_id VARCHAR NOT NULL,
	project_id VARCHAR,
	detail JSON NOT NULL,
	CONSTRAINT pk_audit_entry PRIMARY KEY (id)
);
CREATE TABLE barrier (
	id VARCHAR NOT NULL,
	project_id VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	rule VARCHAR,
	criteria JSON NOT NULL,
	impact VARCHAR,
	advisory BOOLEAN NOT NULL,
	help_url VARCHAR,
	status VARCHAR NOT NULL,
	machine_clean BOOLEAN NOT NULL,
	user_verified BOOLEAN NOT NULL,
	opened_at DATETIME NOT NULL,
	closed_at DATETIME,
	version INTEGER NOT NULL,
	CONSTRAINT fk_barrier_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_barrier PRIMARY KEY (id)
);
CREATE TABLE barrier_key (
	id VARCHAR NOT NULL,
	barrier_id VARCHAR NOT NULL,
	project_id VARCHAR NOT NULL,
	algorithm_version INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	CONSTRAINT fk_barrier_key_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE CASCADE,
	CONSTRAINT fk_barrier_key_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_barrier_key PRIMARY KEY (id),
	CONSTRAINT uq_barrier_key_project_id_algorithm_version_key UNIQUE (project_id, algorithm_version, "key")
);
CREATE TABLE code_entry (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	parent_id VARCHAR,
	name VARCHAR NOT NULL,
	tag VARCHAR NOT NULL,
	definition VARCHAR NOT NULL,
	code VARCHAR,
	color VARCHAR,
	guid VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	version INTEGER NOT NULL,
	CONSTRAINT fk_code_entry_parent_id_code_entry FOREIGN KEY(parent_id) REFERENCES code_entry (id) ON DELETE SET NULL,
	CONSTRAINT fk_code_entry_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_code_entry PRIMARY KEY (id),
	CONSTRAINT uq_code_entry_study_id_tag UNIQUE (study_id, tag)
);
CREATE TABLE consent_withdrawal (
	id VARCHAR NOT NULL,
	consent_id VARCHAR NOT NULL,
	permissions JSON NOT NULL,
	withdrawn_at DATETIME NOT NULL,
	channel VARCHAR NOT NULL,
	CONSTRAINT fk_consent_withdrawal_consent_id_consent FOREIGN KEY(consent_id) REFERENCES consent (id) ON DELETE CASCADE,
	CONSTRAINT pk_consent_withdrawal PRIMARY KEY (id)
);
CREATE TABLE executor (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	started_at_ms BIGINT NOT NULL,
	expires_at_ms BIGINT NOT NULL,
	CONSTRAINT pk_executor PRIMARY KEY (id)
);
CREATE TABLE idempotency_key (
	token_id VARCHAR NOT NULL,
	route VARCHAR NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	request_hash VARCHAR NOT NULL,
	made_id VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_idempotency_key PRIMARY KEY (token_id, route, "key")
);
CREATE TABLE link (
	id VARCHAR NOT NULL,
	barrier_id VARCHAR NOT NULL,
	observation_id VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	CONSTRAINT fk_link_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE CASCADE,
	CONSTRAINT fk_link_observation_id_observation FOREIGN KEY(observation_id) REFERENCES observation (id) ON DELETE CASCADE,
	CONSTRAINT pk_link PRIMARY KEY (id),
	CONSTRAINT uq_link_barrier_id_observation_id UNIQUE (barrier_id, observation_id)
);
CREATE TABLE note_import (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	submission_id VARCHAR,
	format VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	encoding VARCHAR,
	content_sha256 VARCHAR NOT NULL,
	entries INTEGER NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	undone_at DATETIME,
	undone_by VARCHAR,
	CONSTRAINT fk_note_import_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT fk_note_import_submission_id_note_submission FOREIGN KEY(submission_id) REFERENCES note_submission (id) ON DELETE SET NULL,
	CONSTRAINT pk_note_import PRIMARY KEY (id)
);
CREATE TABLE observation (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	submission_id VARCHAR NOT NULL,
	ordinal INTEGER NOT NULL,
	line INTEGER,
	kind VARCHAR NOT NULL,
	raw BLOB NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_observation_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT fk_observation_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT fk_observation_submission_id_note_submission FOREIGN KEY(submission_id) REFERENCES note_submission (id) ON DELETE CASCADE,
	CONSTRAINT pk_observation PRIMARY KEY (id),
	CONSTRAINT uq_observation_submission_id_ordinal UNIQUE (submission_id, ordinal)
);
CREATE TABLE page (
	id VARCHAR NOT NULL,
	project_id VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	title VARCHAR,
	first_seen_at DATETIME NOT NULL,
	CONSTRAINT fk_page_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_page PRIMARY KEY (id),
	CONSTRAINT uq_page_project_id_key UNIQUE (project_id, "key")
);
CREATE TABLE picture (
	visit_id VARCHAR NOT NULL,
	selector VARCHAR NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT fk_picture_visit_id_page_visit FOREIGN KEY(visit_id) REFERENCES page_visit (id) ON DELETE CASCADE,
	CONSTRAINT pk_picture PRIMARY KEY (visit_id, selector)
);
CREATE TABLE project (
	id VARCHAR NOT NULL,
	slug VARCHAR(64) NOT NULL,
	name VARCHAR NOT NULL,
	origins JSON NOT NULL,
	standard VARCHAR NOT NULL,
	languages JSON NOT NULL,
	created_at DATETIME NOT NULL,
	version INTEGER NOT NULL, policy JSON,
	CONSTRAINT pk_project PRIMARY KEY (id),
	CONSTRAINT uq_project_slug UNIQUE (slug)
);
CREATE TABLE questionnaire_response (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	task_id VARCHAR,
	instrument VARCHAR NOT NULL,
	items JSON NOT NULL,
	weights JSON,
	language VARCHAR,
	answered_at DATETIME NOT NULL,
	CONSTRAINT fk_questionnaire_response_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT fk_questionnaire_response_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT fk_questionnaire_response_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE CASCADE,
	CONSTRAINT pk_questionnaire_response PRIMARY KEY (id)
);
CREATE TABLE reading (
	observation_id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	is_latest BOOLEAN NOT NULL,
	text VARCHAR NOT NULL,
	quotes JSON NOT NULL,
	code VARCHAR NOT NULL,
	severity VARCHAR,
	actor VARCHAR,
	offset_ms INTEGER,
	time_inherited BOOLEAN NOT NULL,
	task_id VARCHAR,
	page_id VARCHAR,
	url VARCHAR,
	selector VARCHAR,
	criterion VARCHAR,
	rule VARCHAR,
	tags JSON NOT NULL,
	refers_to_id VARCHAR,
	warnings JSON NOT NULL,
	written_by VARCHAR NOT NULL,
	written_at DATETIME NOT NULL,
	CONSTRAINT fk_reading_observation_id_observation FOREIGN KEY(observation_id) REFERENCES observation (id) ON DELETE CASCADE,
	CONSTRAINT fk_reading_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE SET NULL,
	CONSTRAINT fk_reading_task_id_task FOREIGN KEY(task_id) REFERENCES task (id) ON DELETE SET NULL,
	CONSTRAINT pk_reading PRIMARY KEY (observation_id, version)
);
CREATE TABLE recording (
	id VARCHAR NOT NULL,
	session_id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	location VARCHAR NOT NULL,
	started_offset_ms INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_recording_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT fk_recording_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT pk_recording PRIMARY KEY (id)
);
CREATE TABLE segment (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	description VARCHAR NOT NULL,
	planned INTEGER,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_segment_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_segment PRIMARY KEY (id),
	CONSTRAINT uq_segment_study_id_name UNIQUE (study_id, name)
);
CREATE TABLE session_event (
	session_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	observation_id VARCHAR,
	CONSTRAINT fk_session_event_observation_id_observation FOREIGN KEY(observation_id) REFERENCES observation (id) ON DELETE CASCADE,
	CONSTRAINT fk_session_event_session_id_session FOREIGN KEY(session_id) REFERENCES session (id) ON DELETE CASCADE,
	CONSTRAINT pk_session_event PRIMARY KEY (session_id, number)
);
CREATE TABLE sign_in_code (
	code_hash VARCHAR NOT NULL,
	token_id VARCHAR NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	CONSTRAINT fk_sign_in_code_token_id_token FOREIGN KEY(token_id) REFERENCES token (id) ON DELETE CASCADE,
	CONSTRAINT pk_sign_in_code PRIMARY KEY (code_hash)
);
CREATE TABLE suppression (
	id VARCHAR NOT NULL,
	barrier_id VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	expires DATETIME NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	revoked_at DATETIME,
	revoked_because VARCHAR,
	CONSTRAINT fk_suppression_barrier_id_barrier FOREIGN KEY(barrier_id) REFERENCES barrier (id) ON DELETE CASCADE,
	CONSTRAINT pk_suppression PRIMARY KEY (id)
);
CREATE TABLE task (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	title VARCHAR NOT NULL,
	scenario VARCHAR NOT NULL,
	success VARCHAR NOT NULL,
	url VARCHAR,
	page_id VARCHAR,
	time_limit_s INTEGER,
	created_at DATETIME NOT NULL,
	CONSTRAINT fk_task_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE SET NULL,
	CONSTRAINT fk_task_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_task PRIMARY KEY (id),
	CONSTRAINT uq_task_study_id_number UNIQUE (study_id, number)
);
CREATE TABLE technology_profile (
	id VARCHAR NOT NULL,
	participant_id VARCHAR NOT NULL,
	technology_class VARCHAR NOT NULL,
	product VARCHAR NOT NULL,
	version VARCHAR NOT NULL, skill VARCHAR,
	CONSTRAINT fk_technology_profile_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT pk_technology_profile PRIMARY KEY (id)
);
CREATE TABLE token (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	secret_hash VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	project_id VARCHAR,
	created_at DATETIME NOT NULL,
	revoked_at DATETIME,
	CONSTRAINT fk_token_project_id_project FOREIGN KEY(project_id) REFERENCES project (id) ON DELETE CASCADE,
	CONSTRAINT pk_token PRIMARY KEY (id),
	CONSTRAINT uq_token_secret_hash UNIQUE (secret_hash)
);
CREATE TABLE tombstone (
	id VARCHAR NOT NULL,
	study_id VARCHAR NOT NULL,
	cause VARCHAR NOT NULL,
	permissions JSON NOT NULL,
	removed JSON NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	CONSTRAINT fk_tombstone_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE,
	CONSTRAINT pk_tombstone PRIMARY KEY (id)
);
CREATE TABLE vault_entry (
	participant_id VARCHAR NOT NULL,
	sealed BLOB NOT NULL,
	changed_by VARCHAR NOT NULL,
	changed_at DATETIME NOT NULL,
	CONSTRAINT fk_vault_entry_participant_id_participant FOREIGN KEY(participant_id) REFERENCES participant (id) ON DELETE CASCADE,
	CONSTRAINT pk_vault_entry PRIMARY KEY (participant_id)
);
CREATE TABLE visit_sources (
	visit_id VARCHAR NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT fk_visit_sources_visit_id_page_visit FOREIGN KEY(visit_id) REFERENCES page_visit (id) ON DELETE CASCADE,
	CONSTRAINT pk_visit_sources PRIMARY KEY (visit_id)
);
CREATE TABLE web_session (
	cookie_hash VARCHAR NOT NULL,
	token_id VARCHAR NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT fk_web_session_token_id_token FOREIGN KEY(token_id) REFERENCES token (id) ON DELETE CASCADE,
	CONSTRAINT pk_web_session PRIMARY KEY (cookie_hash)
);
CREATE INDEX ix_anonymous_answer_study_id ON anonymous_answer (study_id);
CREATE INDEX ix_anonymous_attempt_task_id ON anonymous_attempt (task_id);
CREATE INDEX ix_anonymous_witness_barrier_id ON anonymous_witness (barrier_id);
CREATE INDEX ix_attempt_participant_id ON attempt (participant_id);
CREATE INDEX ix_attempt_session_id ON attempt (session_id);
CREATE INDEX ix_attempt_task_id ON attempt (task_id);
CREATE INDEX ix_audit_entry_project_id ON audit_entry (project_id);
CREATE INDEX ix_barrier_key_barrier_id ON barrier_key (barrier_id);
CREATE INDEX ix_barrier_project_id ON barrier (project_id);
CREATE INDEX ix_code_entry_parent_id ON code_entry (parent_id);
CREATE INDEX ix_code_entry_study_id ON code_entry (study_id);
CREATE INDEX ix_consent_participant_id ON consent (participant_id);
CREATE INDEX ix_consent_withdrawal_consent_id ON consent_withdrawal (consent_id);
CREATE INDEX ix_executor_name ON executor (name);
CREATE INDEX ix_finding_barrier_id ON finding (barrier_id);
CREATE INDEX ix_finding_scan_id ON finding (scan_id);
CREATE INDEX ix_link_barrier_id ON link (barrier_id);
CREATE INDEX ix_link_observation_id ON link (observation_id);
CREATE INDEX ix_note_import_session_id ON note_import (session_id);
CREATE INDEX ix_note_submission_session_id_ordinal ON note_submission (session_id, ordinal);
CREATE INDEX ix_observation_participant_id ON observation (participant_id);
CREATE INDEX ix_observation_session_id_id ON observation (session_id, id);
CREATE INDEX ix_observation_session_id_kind ON observation (session_id, kind);
CREATE INDEX ix_page_project_id ON page (project_id);
CREATE INDEX ix_page_visit_page_id ON page_visit (page_id);
CREATE INDEX ix_page_visit_scan_id ON page_visit (scan_id);
CREATE INDEX ix_participant_study_id ON participant (study_id);
CREATE INDEX ix_questionnaire_response_participant_id ON questionnaire_response (participant_id);
CREATE INDEX ix_questionnaire_response_session_id ON questionnaire_response (session_id);
CREATE INDEX ix_reading_is_latest ON reading (is_latest);
CREATE INDEX ix_reading_page_id ON reading (page_id);
CREATE INDEX ix_recording_participant_id ON recording (participant_id);
CREATE INDEX ix_recording_session_id ON recording (session_id);
CREATE INDEX ix_scan_project_id ON scan (project_id);
CREATE INDEX ix_scan_request ON scan (project_id, request_key);
CREATE INDEX ix_segment_study_id ON segment (study_id);
CREATE INDEX ix_session_event_observation_id ON session_event (observation_id);
CREATE INDEX ix_session_participant_id ON session (participant_id);
CREATE INDEX ix_session_study_id ON session (study_id);
CREATE INDEX ix_sighting_page_viewport ON sighting (page_id, viewport);
CREATE INDEX ix_study_project_id ON study (project_id);
CREATE INDEX ix_suppression_barrier_id ON suppression (barrier_id);
CREATE INDEX ix_task_study_id ON task (study_id);
CREATE INDEX ix_technology_profile_participant_id ON technology_profile (participant_id);
CREATE INDEX ix_token_project_id ON token (project_id);
CREATE INDEX ix_tombstone_study_id ON tombstone (study_id);
INSERT INTO alembic_version (version_num) VALUES ('0009');
