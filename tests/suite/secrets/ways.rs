//! All ways to plant a secret in a public file, and what is right about each.

use super::leaf::Leaf;
use super::{beside, drawing, letters, within};
use crate::dice::Dice;

/// Writes a public file that says a secret.
#[derive(Clone, Copy)]
pub(super) enum Writer {
    Page(fn(&str, &mut Dice) -> Leaf),
    File(fn(&str, &mut Dice) -> Vec<u8>),
    /// Of a file that is secret as a whole.
    Copy(fn(&[u8], &mut Dice) -> Vec<u8>),
}

/// What has to come of it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Right {
    /// The secret is on a page, or is a page: it is found.
    Found,
    /// It is found, or the file is refused because it cannot be read.
    FoundOrRefused,
    /// It is found, or is not in what is given out.
    FoundOrGone,
}

#[derive(Clone, Copy)]
pub(super) struct Way {
    pub name: &'static str,
    pub writer: Writer,
    pub right: Right,
}

macro_rules! ways {
    ($($module:ident: $kind:ident $right:ident { $($name:ident)* })*) => {
        /// All of them.
        pub(super) const WAYS: &[Way] = &[
            $($(Way { name: stringify!($name), writer: Writer::$kind($module::$name), right: Right::$right },)*)*
        ];
    };
}

ways! {
    letters: Page Found {
        in_win_ansi in_mac_roman by_names_of_glyphs with_table_beside_encoding with_wide_codes
        with_drawn_glyphs word_by_word in_nfd in_nfd_by_two_codes with_ligatures in_capitals with_soft_hyphens
        with_joiners with_other_signs hyphenated wrapped words_in_another_order letter_by_letter
        letters_in_another_order with_gaps_for_spaces with_escapes
    }
    letters: Page FoundOrRefused { in_utf16 }
    drawing: Page Found {
        font_set_by_a_state font_restored form_without_resources form_with_its_kind_elsewhere forms_in_forms tiles
        soft_mask sentence_for_a_glyph instead_as_literal instead_as_utf16 instead_as_hex instead_as_utf8
        instead_word_by_word behind_a_long_drawing without_paint white_on_white under_a_box off_the_page
        on_a_hidden_layer turned in_pieces filter_by_reference filter_by_its_short_name packed_by_lzw packed_by_runs
        packed_as_text packed_many_times packed_with_a_predictor
    }
    drawing: Page FoundOrGone { look_of_a_stamp look_of_a_field }
    beside: Page FoundOrGone {
        information xmp bookmark note note_in_rich_text author_of_a_note value_of_a_field first_value_of_a_field
        help_of_a_field choice_of_a_field target_of_a_link destination key_of_a_dictionary state_of_a_field
        alternative_text long_form_of_a_word text_instead_of_an_element title_of_an_element language_of_an_element
        name_of_a_layer label_of_a_page script data_of_a_program loose_object loose_page comment_among_operators
    }
    within: File FoundOrGone {
        attached_pdf attached_text attached_html attached_docx attached_archive name_of_an_attachment earlier_state
        deleted_note behind_the_end
    }
    within: File Found { objects_in_streams locked_with_an_empty_password }
    within: Copy Found {
        file_as_it_is file_saved_anew pages_of_the_file last_page_of_the_file picture_of_the_file
        picture_packed_anew
    }
    within: Copy FoundOrGone { file_attached file_in_an_attached_archive }
}
