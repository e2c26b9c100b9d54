//! The words of every generated text, one file a language.
//!
//! A catalogue is a list of templates and nothing else: `{name}` stands for a
//! part that the plan gives, and `one|many` for a choice by number. A further
//! language is a file like `en.rs` and a line in [`Lang`]; the compiler asks
//! for every text, a test for every placeholder. May not hold a rule, a number
//! or a name of any policy.

mod en;
mod zh;

/// Languages of generated texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// Every language there is.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The language tag, `en` or `zh-Hans`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        }
    }

    /// The language that a user calls `word`: `en` or `zh`.
    #[must_use]
    pub fn find(word: &str) -> Option<Lang> {
        match word {
            "en" => Some(Lang::En),
            "zh" | "zh-Hans" => Some(Lang::Zh),
            _ => None,
        }
    }

    pub(super) fn text(self) -> &'static Text {
        match self {
            Lang::En => &en::TEXT,
            Lang::Zh => &zh::TEXT,
        }
    }
}

macro_rules! catalogue {
    ($($key:ident)*) => {
        /// Every text of a language, by what it is for.
        pub(super) struct Text {
            $(pub(super) $key: &'static str,)*
        }

        impl Text {
            /// Every text with its name, for tests.
            #[cfg(test)]
            pub(super) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($key), self.$key)),*]
            }
        }
    };
}

catalogue! {
    // Grammar.
    comma and or more months date empty_cell colon sentence_gap none dash
    // Names of documents.
    brief_kicker brief_kicker_for public_kicker internal_kicker contents
    // Headings.
    h_first h_glance h_recipients h_columns h_rows h_risk h_tables h_reading h_codes h_examples
    h_limits h_identity h_folder h_files h_how h_counts h_checks h_verify h_balance h_run
    // Heads of tables and lists.
    c_column c_happens c_ground c_why c_rule c_rule_name c_for c_by c_by_columns c_until
    c_before c_after c_name c_country c_role c_transfer c_delete c_file c_holds c_form c_missing
    c_reason c_records c_where c_treated c_withheld c_found c_near_misses c_size c_bytes c_rows c_hash
    c_persons c_groups c_table c_cells c_published c_primary c_complementary c_key c_value
    c_figures
    // At a glance.
    l_policy l_data l_recipient l_valid l_leaves l_stays l_tables_only l_tables
    l_words l_identity l_key l_tool l_order l_read l_rows_written l_withheld l_quarantined
    l_kept_back l_without_subject l_repeated_subject l_guarded l_input l_finished l_staged
    l_checked l_threads l_unreadable l_blank l_smallest l_classes l_rows_below l_limit l_risk
    policy_and_version name_and_form
    valid_until valid_open leaves_rows leaves_none recipient_all b_controller b_lawful_basis
    b_special_category b_exemption b_believed_by b_dpia
    // Read this first.
    first_none first_exceptions caption_exceptions first_not_limited first_input_order
    first_unlisted first_hash first_no_examples
    // Treatments.
    t_drop t_drop_rows t_keep t_keep_values t_keep_pattern t_code t_mask_both t_mask_first
    t_mask_last t_mask_none t_general t_redact t_redact_code t_replace t_shift f_date f_age_every f_age_year
    f_age_bands f_bands f_map f_hierarchy f_prefix f_as_is f_day f_month f_quarter f_year
    f_years f_decade f_county f_city f_province f_sector f_district f_post_area f_zip3 n_rename n_tables_by n_tables_unused n_invalid_quarantine
    n_invalid_withhold n_invalid_refuse n_holds n_rest n_own_row_off n_read_as n_region n_format
    n_direct n_quasi n_sensitive n_neither n_subject n_row_rule own_row_of no_columns
    caption_leave caption_counted caption_stay
    // Kinds.
    k_exact k_text k_text_max k_number k_date k_phone k_email k_cn_resident_id ks_phone ks_email
    ks_cn_resident_id ks_own_row ks_register_names ks_register_names_short ks_listed_names ks_listed_names_short
    // Rows.
    r_all r_only r_withhold r_in r_list r_from_to r_from r_to r_is_missing r_unfit
    r_only_missing r_hidden r_everyone r_tables caption_rows e_none e_csv e_jsonl e_parts e_bom
    e_shuffled e_input k_limit k_limit_people k_withhold k_suppress k_generalise k_loss k_coarser k_coarser_greedy k_coarser_none k_refuse k_without_quasi k_limit_public
    k_uncounted k_l k_l_entropy k_l_public k_history
    k_not_limited
    // Tables.
    tb_none tb_counts tb_persons tb_records tb_distinct tb_sum tb_mean tb_min tb_min_public tb_remainder tb_parts_public tb_percent tb_dominance tb_prior tb_noise_size tb_noise tb_noise_public tb_totals tb_levels tb_zeros_protect
    tb_zeros_publish tb_show tb_why tb_as tb_rows_form tb_everyone caption_recipients rc_one
    rc_own
    // Reading.
    i_csv i_jsonl i_no_quote i_no_header i_delimiter_tab i_delimiter_space i_missing
    i_bad_quarantine i_bad_refuse i_max_bad i_unlisted_refuse i_unlisted_drop
    // Codes and persons.
    d_domain d_none d_same d_key d_recipient s_subject s_own_record s_exclude s_none
    // Examples.
    h_holds ho_intro ho_leaves ho_values ho_longest ho_tables ho_no_tables ho_by ho_quasi ho_sensitive ho_own_row ho_subject
    x_intro x_intro_recipient x_example x_quarantined x_withheld x_not_shown
    // What it does not promise.
    p_same p_personal p_rows_personal p_match p_text p_small p_history p_joined p_search p_law
    p_rows_alone
    // Identity.
    id_what id_files id_compare
    // Public documents.
    a_what a_recipient_none a_private a_hash_in_manifest fi_extract fi_table fi_dictionary
    fi_package fi_readme fi_report fi_manifest a_open a_bom a_guard a_guard_tables a_empty a_codes
    a_codes_domain a_absent a_persons a_persons_none a_no_rows a_no_tables a_counts_merged
    q_done q_done_forms q_done_text q_done_hunt q_not q_not_names q_not_other q_not_law
    q_not_repeat q_search v_how v_tells v_sums caption_files caption_columns
    caption_public_tables
    // Data dictionary.
    h_code h_column_of h_values_of h_persons h_persons_records h_records h_status o_code
    o_values o_values_many o_kind o_kind_max o_pattern o_date o_age o_area o_prefix o_mask o_constant
    o_redacted o_redacted_code o_count o_status ground_none m_empty m_never m_withheld tr_drop tr_keep
    tr_pseudonymise tr_mask tr_generalise tr_redact tr_replace tr_shift tr_count
    // Internal report.
    z_notice z_check z_no_check z_sampled z_reason_rule z_below z_below_l z_history z_absent z_batch z_reasons z_instead z_audit z_au_method
    z_au_figures z_au_relations z_au_sensitive z_au_met z_au_narrowest z_au_witnesses z_au_solver
    z_au_alone z_pivot z_pivot_one z_pivot_not z_balanced z_house_none z_house_off
    caption_counts caption_balance caption_small caption_cells caption_house w_written
    w_withheld w_quarantined w_read w_seconds
    // Differences.
    df_kicker df_lead df_version df_h_changes df_h_effect df_none df_summary df_looser
    df_tighter df_neutral df_direction df_was df_now df_unclear df_other df_wording df_file
    df_purpose df_column df_row_rule df_table df_recipient df_named_file df_exception
    df_not_measured df_unmeasured df_figure df_cells
    // Approvals.
    l_approval ap_not_asked ap_approved ap_unapproved ap_name ap_words ap_signature
    // The review pack.
    rv_kicker rv_foot rv_h_sheet rv_h_purpose rv_h_leaves rv_h_index rv_h_before rv_h_risk
    rv_h_text rv_h_tables rv_h_quality rv_h_changes rv_h_law rv_h_keys rv_h_rights
    rv_h_exceptions rv_h_residual rv_h_incident rv_h_dpia rv_h_sign rv_h_glossary rv_h_limits
    rv_ready rv_conditions rv_not_ready rv_l_why rv_why_error rv_why_warning
    rv_why_sign rv_why_exception rv_why_risk rv_why_measured rv_why_looser rv_why_no_house rv_why_nothing
    rv_why_failed rv_l_who rv_who_measured rv_who_unlimited rv_who_none rv_l_risky
    rv_l_changed rv_never_signed rv_unchanged rv_l_decide rv_decide rv_l_house rv_l_pack
    rv_l_input rv_input rv_not_measured rv_how_input rv_how_risk rv_purpose_not rv_necessity
    rv_c_example rv_c_filled rv_c_recipients rv_yes_no rv_c_box rv_index_intro
    rv_c_whole rv_c_count rv_c_coarser rv_whole rv_part rv_tables_only rv_could_date
    rv_could_code rv_could_table rv_could_text rv_could_done rv_could_uncoded rv_could_rest
    rv_could_number rv_could_phone rv_could_area rv_could_empty rv_could_name rv_could_address
    rv_could_notes rv_could_list rv_could_alone rv_could_map rv_before_none rv_risk_intro
    rv_chart_sizes rv_chart_known rv_before rv_after rv_size_1 rv_size_2 rv_size_5 rv_size_10
    rv_size_20 rv_c_size rv_c_known rv_columns_n rv_caption_worst
    rv_c_columns rv_caption_intruder rv_c_intruder rv_c_knows rv_c_finds rv_in_neighbour
    rv_in_employer rv_in_state rv_in_holder rv_in_journalist rv_kn_all rv_kn_every rv_kn_holder
    rv_kn_other rv_fi_group rv_fi_alone rv_fi_holder rv_fi_other rv_diversity rv_text_none
    rv_text_found rv_text_recall rv_tables_none rv_caption_tables rv_caption_quality rv_planted
    rv_identifiers rv_law_prompt rv_law_1 rv_law_2 rv_law_3 rv_law_4 rv_keys_intro
    rv_caption_space rv_c_space rv_c_without rv_c_with rv_without rv_space_open rv_key_holder
    rv_key_destroy rv_key_after rv_rights_1 rv_rights_2 rv_rights_3 rv_accepts rv_inc_1 rv_inc_2
    rv_inc_3 rv_inc_4 rv_inc_5 rv_c_step rv_c_where rv_dp_1 rv_dp_2 rv_dp_3 rv_dp_4 rv_dp_5
    rv_dp_6 rv_sign_how rv_f_name rv_f_decision rv_f_approve rv_f_conditions_yes
    rv_f_reject rv_f_conditions rv_f_save rv_f_after rv_f_noscript rv_gl_code rv_gl_code_t
    rv_gl_quasi rv_gl_quasi_t rv_gl_k rv_gl_k_t rv_gl_quarantine rv_gl_quarantine_t
    rv_gl_withheld rv_gl_withheld_t rv_gl_manifest rv_gl_manifest_t rv_gl_words rv_gl_words_t
    rv_li_1 rv_li_2 rv_li_3 rv_li_4 rv_warnings
    // Why something was set aside.
    re_empty re_form re_length re_too_long re_date re_check_digit re_region re_country_code
    re_holds_identifier re_not_listed re_no_match re_out_of_range re_no_subject re_stray_quote
    re_after_quote re_open_quote re_over
    re_bytes re_nul re_cr re_fields re_json re_twice re_unknown
    // Signs that a profile saw.
    sg_caption sg_seen sg_weight sg_first sg_mind sg_file sg_origin sg_no_origin sg_scientific
    sg_ends_000 sg_error sg_text_mark sg_point_zero sg_lost_zeros sg_day_numbers sg_encoding
    sg_identifiers sg_near_miss sg_perfect sg_blocks sg_placeholders sg_dominant sg_names
    sg_differs sg_marked sg_unreadable sg_other
    // The foot of a page.
    page_made page_internal page_public
}
