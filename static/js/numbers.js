/* 1234567 as 1,234,567. */
export const thousands = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
