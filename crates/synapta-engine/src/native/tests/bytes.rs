//! Instructions by their known bytes.

use super::super::encode::*;

fn bytes(evex: bool, make: impl Fn(&mut Assembler)) -> Vec<u8> {
    let mut asm = Assembler::new(evex, 4);
    make(&mut asm);
    asm.bytes
}

fn based(register: u8, offset: i32) -> Operand {
    Operand::Memory(Memory::Base(General(register), offset))
}

#[test]
fn vector_instructions_have_the_manuals_bytes() {
    let reg = Operand::Register;
    type Case = (bool, Form, Length, u8, u8, Operand, &'static [u8]);
    let cases: [Case; 10] = [
        // vaddpd ymm1, ymm2, ymm3
        (false, ADD, Length::Four, 1, 2, reg(3), &[0xc5, 0xed, 0x58, 0xcb]),
        // vmulsd xmm9, xmm10, xmm11
        (false, MUL, Length::One, 9, 10, reg(11), &[0xc4, 0x41, 0x2b, 0x59, 0xcb]),
        // vsubpd ymm8, ymm0, [rdi+0x20]
        (false, SUB, Length::Four, 8, 0, based(7, 32), &[0xc5, 0x7d, 0x5c, 0x47, 0x20]),
        // vdivpd ymm0, ymm1, [r12]
        (false, DIV, Length::Four, 0, 1, based(12, 0), &[0xc4, 0xc1, 0x75, 0x5e, 0x04, 0x24]),
        // vmovupd ymm2, [r13+0]
        (false, LOAD, Length::Four, 2, 0, based(13, 0), &[0xc4, 0xc1, 0x7d, 0x10, 0x55, 0x00]),
        // vaddpd zmm1, zmm2, zmm3
        (true, ADD, Length::Eight, 1, 2, reg(3), &[0x62, 0xf1, 0xed, 0x48, 0x58, 0xcb]),
        // vmulpd zmm17, zmm18, zmm31
        (true, MUL, Length::Eight, 17, 18, reg(31), &[0x62, 0x81, 0xed, 0x40, 0x59, 0xcf]),
        // vaddpd zmm1, zmm2, [rdi-0x80]
        (true, ADD, Length::Eight, 1, 2, based(7, -128), &[0x62, 0xf1, 0xed, 0x48, 0x58, 0x4f, 0xfe]),
        // vmovupd [r9+0x44], zmm0
        (true, STORE, Length::Eight, 0, 0, based(9, 0x44), &[0x62, 0xd1, 0xfd, 0x48, 0x11, 0x81, 0x44, 0, 0, 0]),
        // vsqrtsd xmm20, xmm20, [rbx]
        (true, SQRT, Length::One, 20, 20, based(3, 0), &[0x62, 0xe1, 0xdf, 0x00, 0x51, 0x23]),
    ];
    for (evex, form, length, dst, first, second, expected) in cases {
        assert_eq!(bytes(evex, |asm| asm.three(form, length, dst, first, second)), expected);
    }
}

#[test]
fn the_shorter_encoding_is_taken() {
    // vaddpd ymm1, ymm2, [rdi+0x200] has a short displacement in the EVEX form only.
    let far = bytes(true, |asm| asm.three(ADD, Length::Four, 1, 2, based(7, 0x200)));
    assert_eq!(far, [0x62, 0xf1, 0xed, 0x28, 0x58, 0x4f, 0x10]);
    let near = bytes(true, |asm| asm.three(ADD, Length::Four, 1, 2, based(7, 0x20)));
    assert_eq!(near, [0xc5, 0xed, 0x58, 0x4f, 0x20]);
}

#[test]
fn masks_constants_and_general_instructions_have_the_manuals_bytes() {
    let second = Operand::Register(3);
    let compare = Vector { form: COMPARE, dst: 1, first: 2, second, mask: 1, immediate: Some(GREATER) };
    // vcmpgt_oqpd k1{k1}, zmm2, zmm3
    assert_eq!(bytes(true, |asm| asm.vector(Length::Eight, compare)), [0x62, 0xf1, 0xed, 0x49, 0xc2, 0xcb, 0x1e]);
    // kxnorb k2, k2, k2; kandb k1, k1, k2; kmovb eax, k1
    let masks = |asm: &mut Assembler| {
        asm.mask_ones(2);
        asm.mask_and(1, 2);
        asm.mask_bits(General(0), 1);
    };
    assert_eq!(bytes(true, masks), [0xc5, 0xed, 0x46, 0xd2, 0xc5, 0xf5, 0x41, 0xca, 0xc5, 0xf9, 0x93, 0xc1]);
    // vmovmskpd ecx, ymm15; shl ecx, 4; or eax, ecx
    let signs = |asm: &mut Assembler| {
        asm.sign_bits(Length::Four, General(1), 15);
        asm.or_shifted(General(0), General(1), 4);
    };
    assert_eq!(bytes(false, signs), [0xc4, 0xc1, 0x7d, 0x50, 0xcf, 0xc1, 0xe1, 0x04, 0x09, 0xc8]);
    // push r12; lea r15, [rdi+0x100]; mov ecx, 7; pop r12; vzeroupper; ret
    let general = |asm: &mut Assembler| {
        asm.push(General(12));
        asm.address(General(15), Memory::Base(General(7), 0x100));
        asm.set_small(General(1), 7);
        asm.pop(General(12));
        asm.clear_upper();
        asm.ret();
    };
    let expected =
        [0x41, 0x54, 0x4c, 0x8d, 0xbf, 0x00, 0x01, 0x00, 0x00, 0xb9, 7, 0, 0, 0, 0x41, 0x5c, 0xc5, 0xf8, 0x77, 0xc3];
    assert_eq!(bytes(false, general), expected);
}

#[test]
fn constants_are_found_behind_the_code() {
    let mut asm = Assembler::new(false, 4);
    let one = Operand::Memory(asm.constant(1f64.to_bits()));
    asm.three(ADD, Length::Four, 0, 0, one);
    asm.ret();
    let bytes = asm.finish();
    // vaddpd ymm0, ymm0, [rip + 56]: the instruction is 8 bytes long, the pool begins at 64.
    assert_eq!(bytes[..9], [0xc5, 0xfd, 0x58, 0x05, 56, 0, 0, 0, 0xc3]);
    assert_eq!(bytes[64..72], 1f64.to_bits().to_le_bytes());
}

#[test]
fn a_single_constant_is_spread_over_eight_lanes() {
    let mut asm = Assembler::new(true, 8);
    asm.constant(2f64.to_bits());
    let one = Operand::Memory(asm.single(1f64.to_bits()));
    asm.three(ADD, Length::Eight, 1, 2, one);
    asm.three(LOAD, Length::Eight, 3, 0, one);
    asm.ret();
    let bytes = asm.finish();
    // vaddpd zmm1, zmm2, qword [rip + 118]{1to8}; vbroadcastsd zmm3, qword [rip + 108]: instructions of 10 bytes; singles begin at 128.
    assert_eq!(bytes[..10], [0x62, 0xf1, 0xed, 0x58, 0x58, 0x0d, 118, 0, 0, 0]);
    assert_eq!(bytes[10..21], [0x62, 0xf2, 0xfd, 0x48, 0x19, 0x1d, 108, 0, 0, 0, 0xc3]);
    assert_eq!(bytes[128..136], 1f64.to_bits().to_le_bytes());
}
