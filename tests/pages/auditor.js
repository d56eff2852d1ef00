// An auditor sees what is public and exposes somebody, and hands in what a second person signed.
async function expose(auditor, signIn, release) {
  await auditor.go('/desk/exposure');
  await signIn(auditor, '6900000004');
  await auditor.go('/desk/exposure');
  await auditor.see('desk: what is public');
  await auditor.expect('30', 'was over', '1 mobile', 'Ordered, signed by one person');
  if ((await auditor.text()).includes('asha')) throw new Error('an address names somebody');
  await auditor.follow('case-7');
  await auditor.see('desk: a takedown that waits');
  await auditor.expect('meera', 'nobody yet', 'teeka takedown order v1', 'lists of beneficiaries');
  await auditor.fill({ 'The signed release': 'teeka release v1' });
  await auditor.press('Hand it in');
  await auditor.see('desk: no release');
  await auditor.expect('not a signed release');
  await auditor.fill({ 'The signed release': release });
  await auditor.press('Hand it in');
  await auditor.see('desk: released');
  await auditor.expect('A second person has released it', 'binoy', 'Released, signed by another');
  await auditor.go('/desk/exposure/case?case=case-8');
  await auditor.see('desk: no such case');
}

module.exports = { expose };
