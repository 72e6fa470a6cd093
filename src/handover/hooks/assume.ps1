# assume: the hook for PowerShell. Nothing is started now.
# It defines one function, `assume`, by which a role becomes this shell's.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
# No secret is evaluated, and none is put into a variable, whose values Set-PSDebug would show.
# PowerShell takes `--` away from what a function is called with: say `assume exec NAME COMMAND`.
function global:assume {
    $PSNativeCommandUseErrorActionPreference = $false
    $program = Microsoft.PowerShell.Core\Get-Command -Name assume -CommandType Application -TotalCount 1 -ErrorAction Stop
    if ($MyInvocation.ExpectingInput) {
        $input | & $program '--hook=ask' @args
    } else {
        & $program '--hook=ask' @args
    }
    if ($LASTEXITCODE -ne 213) {
        return
    }
    & $program "--hook=powershell:$PID" @args | Microsoft.PowerShell.Utility\ConvertFrom-Json | Microsoft.PowerShell.Core\ForEach-Object {
        foreach ($name in $_.unset) {
            Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore
        }
        $_.set | Microsoft.PowerShell.Core\ForEach-Object {
            Microsoft.PowerShell.Management\Set-Item -LiteralPath ('Env:' + ($_ -split '=', 2)[0]) -Value ($_ -split '=', 2)[1]
        }
    }
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName assume -ScriptBlock {
    param($word, $line, $cursor)
    $program = Microsoft.PowerShell.Core\Get-Command -Name assume -CommandType Application -TotalCount 1 -ErrorAction Stop
    $words = @($line.CommandElements | Microsoft.PowerShell.Core\Where-Object { $_.Extent.EndOffset -lt $cursor } | Microsoft.PowerShell.Core\ForEach-Object { $_.Extent.Text })
    if ($word -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') {
        $word = '""'
    }
    & $program '--hook=complete' '--' @words $word | Microsoft.PowerShell.Core\ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) {
            $help = $value
        }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
